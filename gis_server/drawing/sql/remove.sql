-- Some tiles of a rectangle; the rectangle is what the index is asked for.
WITH gone AS MATERIALIZED (SELECT * FROM unnest(%(xs)s::int[], %(ys)s::int[]) AS gone (x, y)),
removed AS (
    DELETE FROM drawing.piece
    WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s
        AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
        AND (x, y) IN (SELECT gone.x, gone.y FROM gone)
),
ground AS (
    DELETE FROM drawing.ground
    WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s
        AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
        AND (x, y) IN (SELECT gone.x, gone.y FROM gone)
)
DELETE FROM drawing.tile
WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s
    AND x BETWEEN %(west)s AND %(east)s AND y BETWEEN %(north)s AND %(south)s
    AND (x, y) IN (SELECT gone.x, gone.y FROM gone)
