-- Pieces of a rectangle of tiles that come near to a box in Web Mercator: of tiles beside what is drawn a strip is enough.
SELECT x, y, fid, stands_for, source, tags::text, geom
FROM drawing.piece
WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s
    AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
    AND geom && ST_MakeEnvelope(%(box_west)s, %(box_south)s, %(box_east)s, %(box_north)s, 3857)
