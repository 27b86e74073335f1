-- NET-03: the invert level rises downstream.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'NET-03', staged._row, staged._feature, %(field)s, format('%%s → %%s m', {first}, {last}), ST_PointOnSurface(staged.geom)
FROM {staged} AS staged
WHERE {last} - {first} > %(tolerance_m)s
