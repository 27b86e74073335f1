-- Keys that another source already serves: the key is unique across the whole layer.
SELECT concat_ws(' · ', {key}) AS key, t.source
FROM {staged} AS s JOIN {served} AS t USING ({key})
WHERE t.source <> %(source)s
ORDER BY {key} LIMIT %(limit)s
