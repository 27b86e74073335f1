-- GEO-04: outside the city's extent: a wrong grid, swapped axes, or a stray point.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'GEO-04', staged._row, staged._feature, NULL, ST_AsText(ST_PointOnSurface(ST_Envelope(staged.geom)), 0), staged.geom
FROM {staged} AS staged
WHERE staged._row = ANY (%(rows)s) AND NOT staged.geom @ ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s)
