-- Versions that end with this release: of changed rows the old state, of removed rows the last one.
INSERT INTO {history} (fid, born, source, hash, {columns}, geom_3857, died)
SELECT fid, born, source, t.hash, {columns}, geom_3857, %(release)s
FROM {served} AS t JOIN {changes} AS c USING (fid)
