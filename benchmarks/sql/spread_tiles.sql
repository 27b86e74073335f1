-- Tiles in which the shapes of a table lie, the same ones every time: $1 = zoom, $2 = how many. Columns x, y.
SELECT x, y FROM (
    SELECT DISTINCT
        floor((ST_XMin(geom_3857) / 40075016.6855785 + 0.5) * 2 ^ $1)::int AS x,
        floor((0.5 - ST_YMin(geom_3857) / 40075016.6855785) * 2 ^ $1)::int AS y
    FROM {table}
) AS every
ORDER BY md5(x || '/' || y)
LIMIT $2
