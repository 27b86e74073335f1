INSERT INTO {history} (fid, born, source, hash, {columns}, geom_3857, died)
SELECT fid, t.born, t.source, t.hash, {columns}, geom_3857, %(number)s
FROM {served} AS t JOIN {changes} AS c USING (fid)
