-- Rows of a source of which a version ended with a later release than one.
SELECT fid FROM {history} WHERE source = {source} AND died > {since}
