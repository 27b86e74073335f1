-- Features of one layer that lie within $2 metres of the shape $1 (WKB in the stored grid), at most $3, if it is in $4.
-- “place” is the layer's place in the order of drawing; “columns” are quoted names of the caller's view.
(
    SELECT
        {place} AS place, {id} AS layer, served.fid, {born} AS born, served.source,
        ST_Distance(served.geom, (SELECT ST_GeomFromWKB($1, {srid}))) AS distance_m,
        ST_Area(served.geom) AS area_m2,
        (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
        ST_AsGeoJSON(ST_Transform(served.geom, 4326), 7, 0) AS geometry
    FROM {rows} AS served
    WHERE {id} = ANY ($4::text[]) AND ST_DWithin(served.geom, (SELECT ST_GeomFromWKB($1, {srid})), $2) AND {within}
    ORDER BY served.geom <-> (SELECT ST_GeomFromWKB($1, {srid})), served.fid
    LIMIT $3
)
