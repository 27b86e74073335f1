-- Held for as long as the load's connection lives, so that others can see that it is alive.
SELECT pg_advisory_lock(%(lock)s, %(load_id)s)
