-- What a source serves of a layer, as numbers; the hash of the key is that of the same values in the loader.
SELECT hash AS row, hash_record_extended(ROW({key}), 0) AS key, fid FROM {served} WHERE source = {source}
