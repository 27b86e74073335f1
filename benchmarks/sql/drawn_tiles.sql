-- Tiles of a layer that are drawn ahead. $1 = layer, $2 = zoom, $3 = how many.
SELECT x, y FROM drawing.tile WHERE layer = $1 AND seen = '' AND zoom = $2 AND things > 0 ORDER BY md5(x || ' ' || y) LIMIT $3
