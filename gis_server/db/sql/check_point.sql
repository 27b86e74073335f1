-- Where the server puts a known point of WGS 84 in the stored grid.
SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), 4326), 9210) AS p) AS moved
