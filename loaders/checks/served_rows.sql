-- How many rows of a layer a source serves now.
SELECT coalesce(sum(rows), 0)::bigint FROM meta.layer_state WHERE layer = %(layer)s AND source = %(source)s
