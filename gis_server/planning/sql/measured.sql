-- Shapes measured in the grids of their legal areas. $1 = EWKB in the stored grid, $2 = SRIDs; the corners come as JSON.
SELECT
    given.n::int AS n, given.srid, ST_Area(own.geom) AS area_m2, ST_Perimeter(own.geom) AS perimeter_m,
    ST_AsGeoJSON(own.geom, 3, 0) AS in_grid,
    ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Transform(ST_GeomFromEWKB(given.shape), 4326)), 7, 0) AS geometry
FROM unnest($1::bytea[], $2::int[]) WITH ORDINALITY AS given(shape, srid, n)
CROSS JOIN LATERAL (SELECT ST_Transform(ST_GeomFromEWKB(given.shape), given.srid) AS geom OFFSET 0) AS own
ORDER BY given.n
