-- Tiles of a zoom that any row comes near to, found by going down from the whole world.
WITH RECURSIVE block AS (
    SELECT 0 AS z, 0 AS x, 0 AS y
    UNION ALL
    SELECT z + 1, lower.x, lower.y
    FROM block
    CROSS JOIN LATERAL (VALUES (2 * x, 2 * y), (2 * x + 1, 2 * y), (2 * x, 2 * y + 1), (2 * x + 1, 2 * y + 1)) AS lower (x, y)
    WHERE z < %(zoom)s AND EXISTS (
        SELECT FROM {rows} AS served WHERE served.geom_3857 && ST_TileEnvelope(z + 1, lower.x, lower.y, margin => 0.0625)
    )
)
SELECT x, y FROM block WHERE z = %(zoom)s ORDER BY y, x
