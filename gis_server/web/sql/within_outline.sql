ST_Intersects({geometry}, (SELECT ST_GeomFromEWKB({outline}::bytea)))
