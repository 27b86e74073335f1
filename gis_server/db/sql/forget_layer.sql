-- The layer's rows are gone: nothing of it is served now. What was published stays on the books of its releases.
WITH state AS (DELETE FROM meta.layer_state WHERE layer = %(layer)s),
     kept_names AS (DELETE FROM meta.search_rule WHERE layer = %(layer)s)
DELETE FROM meta.layer WHERE layer = %(layer)s
