-- Staging tables of loads that were killed: the lock a living load holds is free. The lock taken here ends with the statement's transaction.
SELECT relname
FROM pg_class
INNER JOIN pg_namespace ON pg_namespace.oid = relnamespace
CROSS JOIN LATERAL (SELECT (regexp_match(relname, '^load_([0-9]+)_'))[1]::int AS load_id) AS named
WHERE nspname = 'staging' AND relkind = 'r' AND load_id IS NOT NULL AND pg_try_advisory_xact_lock(%(lock)s, load_id)
