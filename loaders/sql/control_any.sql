-- Whether a layer has a table that holds anything.
SELECT coalesce(pg_relation_size(to_regclass(%(name)s)) > 0, false)
