-- Those that another load ended meanwhile, from history; one version may have lived twice.
INSERT INTO {staged} (_row, _feature, hash, {columns})
SELECT DISTINCT ON (_row) _row, _feature, _hash, {columns}
FROM held
INNER JOIN {history} AS ended ON ended.fid = held._fid AND ended.hash = held._hash
WHERE NOT EXISTS (SELECT FROM {served} AS served WHERE served.fid = held._fid AND served.hash = held._hash)
ORDER BY _row
