-- ATT-02: a text that is no number, date or truth value where the field wants one.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'ATT-02', staged._row, staged._feature, bad.key, left(bad.value, 200), staged.geom
FROM {staged} AS staged
CROSS JOIN LATERAL jsonb_each_text(staged._bad::jsonb) AS bad (key, value)
WHERE staged._row = ANY (%(rows)s) AND staged._bad IS NOT NULL
