-- Every feature of a tile as it is stored, in Web Mercator: what a plain tile server asks. $1 z, $2 x, $3 y.
SELECT 0 AS release, ST_AsMVT(tile, 'layer', 4096, 'geom', 'fid')
FROM (
    SELECT served.fid, {columns}, ST_AsMVTGeom(served.geom_3857, ST_TileEnvelope($1, $2, $3), 4096, 128, true) AS geom
    FROM {table} AS served
    WHERE served.geom_3857 && ST_TileEnvelope($1, $2, $3, margin => 128 / 4096.0)
) AS tile
