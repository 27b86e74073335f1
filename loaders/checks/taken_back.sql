-- REV-06: edited online since this source delivered, and not as this delivery has it: changed or made there, or ended there and
-- brought again. Where no release of edits touched the layer nothing is read.
INSERT INTO {findings} (layer, code, row, feature, field, key, value, place)
SELECT %(layer)s, 'REV-06', NULL, NULL, NULL, left(edited.key, 120), format('bản · release %%s: %%s', edited.release, release.who), edited.geom
FROM (
    SELECT concat_ws(', ', {served_key}) AS key, served.born AS release, served.geom
    FROM {served} AS served
    WHERE
        served.source = %(source)s AND {rest} AND served.born IN (SELECT load.release FROM meta.load AS load WHERE load.path = %(path)s)
        AND NOT EXISTS (SELECT FROM {staged} AS staged WHERE ({key}) = ({served_key}) AND {hash} = served.hash)
    UNION ALL
    SELECT concat_ws(', ', {ended_key}), ended.died, ended.geom
    FROM {history} AS ended
    WHERE
        ended.source = %(source)s AND ended.died IN (SELECT load.release FROM meta.load AS load WHERE load.path = %(path)s)
        AND NOT EXISTS (SELECT FROM {served} AS served WHERE ({served_key}) = ({ended_key}))
        AND EXISTS (SELECT FROM {staged} AS staged WHERE ({key}) = ({ended_key}))
) AS edited
INNER JOIN meta.release AS release ON release.release = edited.release
WHERE EXISTS (
    SELECT FROM meta.release_layer AS touched INNER JOIN meta.load AS load USING (release)
    WHERE touched.layer = %(layer)s AND touched.source = %(source)s AND load.path = %(path)s
)
