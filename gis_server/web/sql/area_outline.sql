-- The ground of the features $1 as one shape.
SELECT ST_AsEWKB(ST_Union(area.geom)) FROM {rows} AS area WHERE area.fid = ANY ($1::bigint[])
