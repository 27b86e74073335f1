-- Bytes of a layer's rows in a box. $1 … $4 = west, south, east, north in degrees.
SELECT coalesce(sum(pg_column_size(served.*)), 0)::bigint
FROM {rows} AS served
WHERE served.geom && ST_Transform(ST_Segmentize(ST_MakeEnvelope($1, $2, $3, $4, 4326), 0.01), {stored})
