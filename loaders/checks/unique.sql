-- ATT-06 (key) and ATT-09 (a field that must be unique): different rows with one value; nobody can say which is right.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, %(code)s, staged._row, staged._feature, %(key)s, left(concat_ws(', ', {shown}), 200), staged.geom
FROM {staged} AS staged
WHERE
    ({key}) IN (
        SELECT {key} FROM {staged} AS staged
        WHERE NOT EXISTS (
            SELECT FROM {findings} AS known WHERE known.layer = %(layer)s AND known.code = 'ATT-07' AND known.row = staged._row
        )
        GROUP BY {key} HAVING count(*) > 1
    )
    AND NOT EXISTS (
        SELECT FROM {findings} AS known WHERE known.layer = %(layer)s AND known.code = 'ATT-07' AND known.row = staged._row
    )
