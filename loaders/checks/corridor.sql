-- REL-05: farther from every road line than half of that road's width.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REL-05', staged._row, staged._feature, NULL, %(other)s, staged.geom
FROM {staged} AS staged
WHERE NOT EXISTS (
    SELECT FROM {others} AS other
    WHERE
        ST_DWithin(other.geom, staged.geom, (SELECT max(width) / 2 + %(slack_m)s FROM {others}))
        AND ST_Distance(other.geom, staged.geom) <= other.width / 2 + %(slack_m)s
)
AND {elsewhere}
