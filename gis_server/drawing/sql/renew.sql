-- Tiles of a rectangle that look as they did, though what they are made of changed.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(xs)s::int[], %(ys)s::int[], %(areas)s::float8[], %(grounds)s::bytea[]) AS given (x, y, area, packed)
),
ground AS (
    UPDATE drawing.ground AS ground SET packed = given.packed
    FROM given
    WHERE ground.layer = %(layer)s AND ground.seen = %(seen)s AND ground.zoom = %(zoom)s
        AND ground.x BETWEEN %(west)s AND %(east)s AND ground.y BETWEEN %(north)s AND %(south)s
        AND ground.x = given.x AND ground.y = given.y
)
UPDATE drawing.tile AS tile SET area_in = given.area
FROM given
WHERE tile.layer = %(layer)s AND tile.seen = %(seen)s AND tile.zoom = %(zoom)s
    AND tile.x BETWEEN %(west)s AND %(east)s AND tile.y BETWEEN %(north)s AND %(south)s
    AND tile.x = given.x AND tile.y = given.y
