-- Findings of loads that made no release are of no use after a while.
DELETE FROM meta.finding AS found
USING meta.load AS load
WHERE load.load_id = found.load_id AND load.release IS NULL AND load.load_id <> %(load_id)s AND load.started_at < now() - interval '7 days'
