-- The fullest tiles of a zoom among those drawn ahead. A thing costs about as much as four corners.
SELECT x, y, places + 4 * things
FROM drawing.tile
WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s AND things > 0
ORDER BY 3 DESC, x, y
LIMIT 20
