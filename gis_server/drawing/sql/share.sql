-- Tiles of a rectangle that look the same to those who see less: a copy, so that a tile is never drawn from all rows by mistake.
WITH wanted AS MATERIALIZED (SELECT * FROM unnest(%(xs)s::int[], %(ys)s::int[]) AS wanted (x, y)),
pieces AS (
    INSERT INTO drawing.piece (layer, seen, zoom, x, y, fid, stands_for, source, tags, geom)
    SELECT layer, %(seen)s, zoom, x, y, fid, stands_for, source, tags, geom
    FROM drawing.piece
    WHERE layer = %(layer)s AND seen = '' AND zoom = %(zoom)s
        AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
        AND (x, y) IN (SELECT wanted.x, wanted.y FROM wanted)
)
INSERT INTO drawing.tile
    (layer, seen, zoom, x, y, digest, things, places, features_in, area_in, length_in, features, area, length)
SELECT layer, %(seen)s, zoom, x, y, digest, things, places, features_in, area_in, length_in, features, area, length
FROM drawing.tile
WHERE layer = %(layer)s AND seen = '' AND zoom = %(zoom)s
    AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
    AND (x, y) IN (SELECT wanted.x, wanted.y FROM wanted)
