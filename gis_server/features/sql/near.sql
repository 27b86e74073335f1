-- Features of one layer near the point $1, $2 (metres of the stored grid), within $3 metres, at most $4, if it is in $5. “place” is the
-- layer's place in the order of drawing; “columns” are quoted names of the caller's view.
(
    SELECT
        {place} AS place, {id} AS layer, served.fid, {born} AS born, served.source,
        ST_Distance(served.geom, ST_SetSRID(ST_MakePoint($1, $2), {srid})) AS distance_m,
        ST_Area(served.geom) AS area_m2,
        (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
        ST_AsGeoJSON(ST_Transform(served.geom, 4326), 7, 0) AS geometry
    FROM {rows} AS served
    WHERE {id} = ANY ($5::text[]) AND ST_DWithin(served.geom, ST_SetSRID(ST_MakePoint($1, $2), {srid}), $3) AND {within}
    ORDER BY served.geom <-> ST_SetSRID(ST_MakePoint($1, $2), {srid}), served.fid
    LIMIT $4
)
