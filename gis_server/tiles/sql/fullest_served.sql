-- The fullest tiles of a zoom at which features are drawn as they are; each is counted where its box begins.
SELECT x, y, sum(corners)::bigint
FROM (
    SELECT
        floor((ST_XMin(geom_3857) / 40075016.6855785 + 0.5) * 2 ^ %(zoom)s::int)::int AS x,
        floor((0.5 - ST_YMax(geom_3857) / 40075016.6855785) * 2 ^ %(zoom)s::int)::int AS y,
        ST_NPoints(geom_3857) + 4 AS corners
    FROM {rows} AS served
) AS placed
GROUP BY x, y
ORDER BY 3 DESC, x, y
LIMIT 20
