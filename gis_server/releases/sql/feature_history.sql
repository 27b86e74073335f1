-- Every version of the features with a key, oldest first; the one still served has no end.
SELECT v.fid, v.born, v.died, v.source, began.published_at AS since, began.who, began.note, ended.published_at AS until,
       v.fields, v.shape
FROM (
    SELECT fid, born, NULL::int AS died, source, {fields} AS fields, md5(ST_AsBinary(geom)) AS shape
    FROM {served} WHERE {same_key}
    UNION ALL
    SELECT fid, born, died, source, {fields}, md5(ST_AsBinary(geom)) FROM {history} WHERE {same_key}
) AS v
JOIN meta.release AS began ON began.release = v.born
LEFT JOIN meta.release AS ended ON ended.release = v.died
ORDER BY v.fid, v.born
