-- ATT-01 required, ATT-03 code list, ATT-04 length, ATT-05 range: one reading of the table for all of them.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, wrong.code, staged._row, staged._feature, wrong.field, left(wrong.value, 200), staged.geom
FROM {staged} AS staged
CROSS JOIN LATERAL (VALUES {rules}) AS wrong (code, field, holds, value)
WHERE staged._row = ANY (%(rows)s) AND wrong.holds
