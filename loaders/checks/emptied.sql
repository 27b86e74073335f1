-- REV-03: a field that was mostly filled is empty now: a column was dropped, renamed or not exported.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REV-03', NULL, NULL, field.name, format('%%s / %%s → 0', field.times, served.rows), served.place
FROM (SELECT array[{counts}] AS filled FROM {staged}) AS staged
CROSS JOIN (
    SELECT array[{counts}] AS filled, count(*) AS rows, ST_SetSRID(ST_Centroid(ST_Extent(geom)::geometry), %(srid)s) AS place
    FROM {served}
    WHERE source = %(source)s
) AS served
CROSS JOIN LATERAL unnest(%(fields)s::text[], served.filled, staged.filled) AS field (name, times, left_over)
WHERE field.left_over = 0 AND field.times * 2 >= served.rows
