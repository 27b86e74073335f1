-- Rows that were not sent, from what is served; a version that another load ended meanwhile lies in history.
INSERT INTO {staged} (_row, _feature, hash, {columns})
SELECT _row, _feature, _hash, {columns}
FROM held
CROSS JOIN LATERAL (
    SELECT {columns} FROM {served} AS served WHERE served.fid = held._fid AND served.hash = held._hash
    UNION ALL
    SELECT {columns} FROM {history} AS ended WHERE ended.fid = held._fid AND ended.hash = held._hash
    LIMIT 1
) AS known
