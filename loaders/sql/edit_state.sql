-- How many rows of a layer a source serves, or all sources together; and in which release that last changed.
SELECT coalesce(sum(rows), 0)::bigint, max(release)
FROM meta.layer_state
WHERE layer = %(layer)s AND (%(source)s::text IS NULL OR source = %(source)s)
