UPDATE meta.load
SET finished_at = now(), source = %(source)s, outcome = %(outcome)s, release = %(release)s, report = %(report)s
WHERE load_id = %(load_id)s
