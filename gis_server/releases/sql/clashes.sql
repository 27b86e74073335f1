-- Keys that another source already serves: the key is unique across the whole layer. Mostly there is no other source.
SELECT concat_ws(' · ', {key}) AS key, t.source
FROM {staged} AS s JOIN {served} AS t USING ({key})
WHERE t.source <> %(source)s
AND EXISTS (SELECT FROM meta.layer_state WHERE layer = %(layer)s AND source <> %(source)s AND rows > 0)
ORDER BY {key} LIMIT %(limit)s
