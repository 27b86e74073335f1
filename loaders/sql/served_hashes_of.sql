-- The same of some rows.
SELECT hash AS row, hash_record_extended(ROW({key}), 0) AS key, fid FROM {served}
WHERE source = {source} AND fid = ANY ({fids}::bigint[])
