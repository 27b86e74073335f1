-- Everything of a layer, whichever way it was kept.
WITH names AS (DELETE FROM meta.search_name WHERE layer = %(layer)s RETURNING name_id)
DELETE FROM meta.search_entry AS entry USING names WHERE entry.name_id = names.name_id
