SELECT x, y, digest
FROM drawing.tile
WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s
    AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
