-- Areas of shapes in the grids of their legal areas, and nothing else. $1 = EWKB in the stored grid, $2 = SRIDs.
SELECT given.n::int AS n, given.srid, ST_Area(ST_Transform(ST_GeomFromEWKB(given.shape), given.srid)) AS area_m2
FROM unnest($1::bytea[], $2::int[]) WITH ORDINALITY AS given(shape, srid, n)
ORDER BY given.n
