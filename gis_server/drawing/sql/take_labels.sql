-- Labels of these names, or all of a layer as some see it, taken away.
DELETE FROM drawing.label
WHERE layer = %(layer)s AND seen = %(seen)s AND (%(names)s::text[] IS NULL OR name = ANY (%(names)s))
RETURNING low, high, x, y, fid, source, tags::text, name, geom
