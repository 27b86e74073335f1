-- Pieces of a rectangle of tiles.
SELECT x, y, fid, stands_for, source, tags::text, geom
FROM drawing.piece
WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s
    AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
