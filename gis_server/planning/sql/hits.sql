-- What the rules say of the shapes asked about: one row a statement, in the order of shapes and rules. $1 = shapes (EWKB,
-- stored grid), $2 = SRID of the grid of each one's areas, $3 = its fid when it is a parcel, $4 = the day of the release.
WITH asked AS MATERIALIZED (
    SELECT given.n::int AS n, ST_GeomFromEWKB(given.shape) AS geom, given.srid, given.fid
    FROM unnest($1::bytea[], $2::int[], $3::bigint[]) WITH ORDINALITY AS given(shape, srid, fid, n)
    WHERE $4::date IS NOT NULL  -- named here, since not every layer has days that it is in force
)
SELECT
    hit.n, hit.rule, hit.fid, hit.born, released.published_at, hit.source, source.synthetic, hit.properties,
    hit.area_m2, hit.length_m, hit.distance_m, hit.width_m, hit.covered_m2
FROM ({pieces}) AS hit
JOIN meta.source AS source ON source.source = hit.source
JOIN meta.release AS released ON released.release = hit.born
ORDER BY hit.n, hit.rule, hit.distance_m, hit.area_m2 DESC NULLS LAST, hit.length_m DESC NULLS LAST, hit.fid
