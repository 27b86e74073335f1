-- The same of rows that came with later releases than one.
SELECT hash AS row, hash_record_extended(ROW({key}), 0) AS key, fid FROM {served} WHERE source = {source} AND born > {since}
