-- Rows that were not sent, from what is served.
INSERT INTO {staged} (_row, _feature, hash, {columns})
SELECT _row, _feature, _hash, {columns}
FROM held
INNER JOIN {served} AS served ON served.fid = held._fid AND served.hash = held._hash
