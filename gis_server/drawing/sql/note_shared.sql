-- These tiles were taken from those of all rows.
INSERT INTO drawing.ground (layer, seen, zoom, x, y)
SELECT %(layer)s, %(seen)s, %(zoom)s, wanted.x, wanted.y
FROM unnest(%(xs)s::int[], %(ys)s::int[]) AS wanted (x, y)
WHERE wanted.x BETWEEN %(west)s AND %(east)s AND wanted.y BETWEEN %(north)s AND %(south)s
ON CONFLICT (layer, seen, zoom, x, y) DO UPDATE SET packed = NULL WHERE ground.packed IS NOT NULL
