-- REL-01: a point of the feature lies in no feature of the other layer, neither of this load nor served.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REL-01', inner_part._row, inner_part._feature, NULL, %(other)s, inner_part.place
FROM (SELECT staged._row, staged._feature, ST_PointOnSurface(staged.geom) AS place FROM {staged} AS staged) AS inner_part
WHERE NOT EXISTS (SELECT FROM {others} AS other WHERE ST_Intersects(other.geom, inner_part.place))
