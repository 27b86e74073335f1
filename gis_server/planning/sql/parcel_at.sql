-- Parcels that a shape lies in, or shares ground with: most of it first. $1 = EWKB in the stored grid.
SELECT
    served.fid, served.born, released.published_at, served.source, source.synthetic,
    (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
    {commune_numbered} AS commune, ST_AsEWKB(served.geom) AS shape
FROM {rows} AS served
JOIN meta.source AS source ON source.source = served.source
JOIN meta.release AS released ON released.release = served.born
WHERE ST_Intersects(served.geom, ST_GeomFromEWKB($1))
ORDER BY ST_Area(ST_Intersection(served.geom, ST_GeomFromEWKB($1))) DESC, served.fid
LIMIT 1
