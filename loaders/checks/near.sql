-- REL-02: no feature of the other layer, of this load or served, within the distance.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REL-02', staged._row, staged._feature, NULL, %(other)s, staged.geom
FROM {staged} AS staged
WHERE NOT EXISTS (SELECT FROM {others} AS other WHERE ST_DWithin(other.geom, staged.geom, %(within_m)s))
