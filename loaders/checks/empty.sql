-- GEO-02: no geometry, an empty one, or one that could not be read.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'GEO-02', staged._row, staged._feature, NULL, NULL, NULL
FROM {staged} AS staged
WHERE staged._row = ANY (%(rows)s) AND staged.geom IS NULL AND staged._marks IS DISTINCT FROM 'GEO-07' AND staged._marks IS DISTINCT FROM 'GEO-08'
