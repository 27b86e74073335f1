-- Of how much the tiles of a rectangle are drawn that were taken from those of all rows.
UPDATE drawing.tile AS own
SET features_in = whole.features_in, area_in = whole.area_in, length_in = whole.length_in
FROM drawing.tile AS whole, unnest(%(xs)s::int[], %(ys)s::int[]) AS wanted (x, y)
WHERE own.layer = %(layer)s AND own.seen = %(seen)s AND own.zoom = %(zoom)s
    AND own.x BETWEEN %(west)s AND %(east)s AND own.y BETWEEN %(north)s AND %(south)s
    AND own.x = wanted.x AND own.y = wanted.y
    AND whole.layer = own.layer AND whole.seen = '' AND whole.zoom = own.zoom AND whole.x = own.x AND whole.y = own.y
    AND (own.features_in, own.area_in, own.length_in) IS DISTINCT FROM (whole.features_in, whole.area_in, whole.length_in)
