-- GEO-06, GEO-07, GEO-08, GEO-19: what reading and mapping noticed about a geometry.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, staged._marks, staged._row, staged._feature, NULL, NULL, staged.geom
FROM {staged} AS staged
WHERE staged._row = ANY (%(rows)s) AND staged._marks IS NOT NULL
