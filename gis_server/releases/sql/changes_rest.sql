-- As `changes`, where every other row of the source is served as it came: those left are few.
CREATE TEMPORARY TABLE {changes} ON COMMIT DROP AS
SELECT s.place, s.hash, t.fid
FROM (SELECT s.ctid AS place, {key}, {hash} AS hash FROM {staged} AS s) AS s
FULL JOIN (SELECT fid, {key}, hash FROM {served} WHERE fid = ANY (%(rest)s)) AS t USING ({key})
WHERE s.hash IS DISTINCT FROM t.hash
