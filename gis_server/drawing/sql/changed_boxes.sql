-- Tiles of one zoom around the boxes of everything that a release began or ended.
SELECT DISTINCT x, y
FROM (
    SELECT geom_3857 AS shape FROM {served} WHERE born = %(release)s
    UNION ALL
    SELECT geom_3857 FROM {history} WHERE died = %(release)s
) AS changed
CROSS JOIN LATERAL (
    SELECT
        (ST_XMin(shape) / 40075016.6855785 + 0.5) * 2 ^ %(zoom)s::int AS west,
        (ST_XMax(shape) / 40075016.6855785 + 0.5) * 2 ^ %(zoom)s::int AS east,
        (0.5 - ST_YMax(shape) / 40075016.6855785) * 2 ^ %(zoom)s::int AS north,
        (0.5 - ST_YMin(shape) / 40075016.6855785) * 2 ^ %(zoom)s::int AS south
) AS box
CROSS JOIN LATERAL generate_series(floor(west - %(margin)s)::int, floor(east + %(margin)s)::int) AS x
CROSS JOIN LATERAL generate_series(floor(north - %(margin)s)::int, floor(south + %(margin)s)::int) AS y
