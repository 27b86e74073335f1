-- The peer: a tile drawn straight from a VN-2000 table, transformed while drawing. $1, $2, $3 = z, x, y.
SELECT
    0 AS release,
    ST_AsMVT(drawn, 'layer', 4096, 'geom', 'fid') AS tile
FROM (
    SELECT
        served.fid, {columns},
        ST_AsMVTGeom(ST_Transform(served.geom, 3857), ST_TileEnvelope($1, $2, $3), 4096, 128) AS geom
    FROM {table} AS served
    WHERE served.geom && ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 0.03125), 9210)
) AS drawn
