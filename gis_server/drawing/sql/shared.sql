-- Tiles of a rectangle that were taken from those of all rows, since no row that is not seen is near.
SELECT x, y
FROM drawing.ground
WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s AND packed IS NULL
    AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
