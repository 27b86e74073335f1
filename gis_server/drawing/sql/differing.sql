-- Tiles of a rectangle that look different to those who see less.
WITH tile AS (
    SELECT seen, x, y, digest
    FROM drawing.tile
    WHERE layer = %(layer)s AND seen IN ('', %(seen)s) AND zoom = %(zoom)s
        AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
)
SELECT x, y
FROM (SELECT * FROM tile WHERE seen = '') AS whole FULL JOIN (SELECT * FROM tile WHERE seen <> '') AS own USING (x, y)
WHERE whole.digest IS DISTINCT FROM own.digest
