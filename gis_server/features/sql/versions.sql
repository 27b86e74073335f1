-- Versions of features, as far as the caller sees them.
SELECT fid, {version} AS version FROM {rows} AS seen WHERE fid = ANY ($1)
