-- Tiles of a zoom that any row comes near to which some may not see.
SELECT DISTINCT x, y
FROM {table} AS served
CROSS JOIN LATERAL (
    SELECT
        (ST_XMin(geom_3857) / 40075016.6855785 + 0.5) * 2 ^ %(zoom)s::int - %(reach)s AS west,
        (ST_XMax(geom_3857) / 40075016.6855785 + 0.5) * 2 ^ %(zoom)s::int + %(reach)s AS east,
        (0.5 - ST_YMax(geom_3857) / 40075016.6855785) * 2 ^ %(zoom)s::int - %(reach)s AS north,
        (0.5 - ST_YMin(geom_3857) / 40075016.6855785) * 2 ^ %(zoom)s::int + %(reach)s AS south
) AS box
CROSS JOIN LATERAL generate_series(floor(box.west)::int, floor(box.east)::int) AS x
CROSS JOIN LATERAL generate_series(floor(box.north)::int, floor(box.south)::int) AS y
WHERE {hidden}
