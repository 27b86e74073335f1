-- The load that made the draft is told what became of it.
WITH ended AS (DELETE FROM draft.book WHERE draft = %(draft)s)
UPDATE meta.load SET outcome = %(outcome)s, release = %(release)s WHERE load_id = %(load_id)s
