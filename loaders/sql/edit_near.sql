-- Shapes of a layer around a drawn one.
SELECT ST_AsBinary(geom) FROM {served} WHERE geom && ST_Expand(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s), 1) LIMIT 2000
