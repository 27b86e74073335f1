-- Tiles in which roads lie, spread as the roads are: $1 = zoom, $2 = how many. Columns x, y.
SELECT
    floor((ST_X(point) + 180) / 360 * 2 ^ $1)::int AS x,
    floor((1 - asinh(tan(radians(ST_Y(point)))) / pi()) / 2 * 2 ^ $1)::int AS y
FROM (
    SELECT ST_Transform(ST_Centroid(geom), 4326) AS point
    FROM base_transport.duong_bo
    ORDER BY md5(fid::text)
    LIMIT $2
) AS sampled
