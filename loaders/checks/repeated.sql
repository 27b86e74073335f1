-- ATT-07: the very same row came more than once; the first stays.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'ATT-07', again._row, again._feature, %(key)s, again.shown, again.geom
FROM (
    SELECT
        staged._row, staged._feature, staged.geom, left(concat_ws(', ', {shown}), 200) AS shown,
        row_number() OVER (PARTITION BY {key}, ROW({columns}, staged.geom)::text ORDER BY staged._row) AS nth
    FROM {staged} AS staged
    WHERE ({key}) IN (SELECT {key} FROM {staged} AS staged GROUP BY {key} HAVING count(*) > 1)
) AS again
WHERE again.nth > 1
