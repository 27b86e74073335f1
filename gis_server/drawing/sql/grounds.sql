-- What some tiles of a rectangle are made of.
SELECT ground.x, ground.y, ground.packed
FROM drawing.ground AS ground
JOIN unnest(%(xs)s::int[], %(ys)s::int[]) AS wanted (x, y) USING (x, y)
WHERE ground.layer = %(layer)s AND ground.seen = %(seen)s AND ground.zoom = %(zoom)s
    AND ground.x BETWEEN %(west)s AND %(east)s AND ground.y BETWEEN %(north)s AND %(south)s
