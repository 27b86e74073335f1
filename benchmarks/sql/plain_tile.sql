-- The peer: a tile drawn straight from the VN-2000 table, transformed while drawing. $1, $2, $3 = z, x, y.
SELECT
    0 AS release,
    ST_AsMVT(drawn, 'roads', 4096, 'geom', 'fid') AS tile
FROM (
    SELECT
        fid, ten, "maDoiTuong",
        ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope($1, $2, $3), 4096, 128) AS geom
    FROM base_transport.duong_bo
    WHERE geom && ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 0.03125), 9210)
) AS drawn
