-- The features that bear the names $1 in the layers $2, at most $3 of each name: boxes in metres of the stored grid.
SELECT wanted.name_id, wanted.layer, bearer.fid,
    ST_XMin(bearer.geom) AS west, ST_YMin(bearer.geom) AS south, ST_XMax(bearer.geom) AS east, ST_YMax(bearer.geom) AS north
FROM unnest($1::bigint[], $2::text[]) AS wanted(name_id, layer)
CROSS JOIN LATERAL ({pieces} LIMIT $3) AS bearer
