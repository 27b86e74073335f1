SELECT {id} AS layer, served.fid, {born} AS born, served.source, ST_PointOnSurface(served.geom) AS point,
    ST_XMin(served.geom) AS west, ST_YMin(served.geom) AS south, ST_XMax(served.geom) AS east, ST_YMax(served.geom) AS north
FROM {rows} AS served
WHERE {id} = ANY ($2::text[]) AND served.fid = ANY ($1::bigint[])
