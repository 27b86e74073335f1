-- For each shape the parcel that it lies in, or that holds most of it. $1 = shapes (EWKB, stored grid).
SELECT
    asked.n::int AS n, hit.fid, hit.born, released.published_at, hit.source, source.synthetic,
    hit.properties, hit.commune, hit.shape
FROM (
    SELECT given.n, ST_GeomFromEWKB(given.shape) AS geom FROM unnest($1::bytea[]) WITH ORDINALITY AS given(shape, n) OFFSET 0
) AS asked
CROSS JOIN LATERAL (
    SELECT
        served.fid, {born} AS born, served.source,
        (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
        {commune_numbered} AS commune, ST_AsEWKB(served.geom) AS shape
    FROM {rows} AS served
    WHERE ST_Intersects(served.geom, asked.geom)
    ORDER BY ST_Area(ST_Intersection(served.geom, asked.geom)) DESC, served.fid
    LIMIT 1
) AS hit
JOIN meta.source AS source ON source.source = hit.source
JOIN meta.release AS released ON released.release = hit.born
ORDER BY asked.n
