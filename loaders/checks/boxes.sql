-- West, south, east, north of some staged rows.
SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM {staged} WHERE _row = ANY (%(rows)s) AND geom IS NOT NULL
