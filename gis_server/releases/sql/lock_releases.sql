-- One publish at a time: release numbers have no gaps, and each is compared with the one before it.
SELECT pg_advisory_xact_lock(%(lock)s)
