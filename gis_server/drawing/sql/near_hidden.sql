-- Tiles of a zoom that rows in a box come near to which some may not see.
SELECT DISTINCT x, y
FROM {table} AS served
CROSS JOIN LATERAL (
    SELECT
        (ST_XMin(geom_3857) / 40075016.6855785 + 0.5) * 2 ^ %(zoom)s::int - %(reach)s AS west,
        (ST_XMax(geom_3857) / 40075016.6855785 + 0.5) * 2 ^ %(zoom)s::int + %(reach)s AS east,
        (0.5 - ST_YMax(geom_3857) / 40075016.6855785) * 2 ^ %(zoom)s::int - %(reach)s AS north,
        (0.5 - ST_YMin(geom_3857) / 40075016.6855785) * 2 ^ %(zoom)s::int + %(reach)s AS south
) AS box
CROSS JOIN LATERAL generate_series(floor(west)::int, floor(east)::int) AS x
CROSS JOIN LATERAL generate_series(floor(north)::int, floor(south)::int) AS y
WHERE geom_3857 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857) AND {hidden}
