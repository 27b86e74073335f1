-- The load that made a release, and its report.
SELECT load_id, report FROM meta.load WHERE release = %(release)s ORDER BY load_id DESC LIMIT 1
