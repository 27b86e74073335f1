-- REV-01: less than half of what this source serves now; mostly a delivery of which a part is missing.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REV-01', NULL, NULL, NULL, format('%%s → %%s', %(served_rows)s::bigint, staged.rows), staged.place
FROM (
    SELECT count(*) AS rows, ST_SetSRID(ST_Centroid(ST_Extent(geom)::geometry), %(srid)s) AS place FROM {staged}
) AS staged
WHERE staged.rows * 2 < %(served_rows)s::bigint
