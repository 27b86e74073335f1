-- GEO-03: a geometry of a kind that the layer does not have.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'GEO-03', staged._row, staged._feature, NULL, GeometryType(staged.geom), staged.geom
FROM {staged} AS staged
WHERE staged._row = ANY (%(rows)s) AND replace(GeometryType(staged.geom), 'MULTI', '') <> ALL (%(kinds)s)
