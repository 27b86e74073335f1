-- The old versions again, under their fids, born anew.
INSERT INTO {served} (fid, born, source, hash, {columns}, geom_3857, clearance)
SELECT h.fid, %(number)s, h.source, h.hash, {columns}, h.geom_3857, {measured}
FROM {changes} AS c JOIN {history} AS h ON h.fid = c.fid AND h.born = c.born
ORDER BY h.geom_3857
