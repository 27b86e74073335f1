-- ATT-08: another source already serves a feature with this key.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT
    %(layer)s, 'ATT-08', staged._row, staged._feature, %(key)s, left(concat_ws(', ', {shown}, served.source), 200), staged.geom
FROM {staged} AS staged
INNER JOIN {served} AS served ON ({key}) = ({served_key})
WHERE served.source <> %(source)s
