-- Staged rows against what this source serves, by key and hash. No place: removed. No fid: added. Both: changed.
CREATE TEMPORARY TABLE {changes} ON COMMIT DROP AS
SELECT s.place, s.hash, t.fid
FROM (SELECT s.ctid AS place, {key}, {hash} AS hash FROM {staged} AS s) AS s
FULL JOIN (SELECT fid, {key}, hash FROM {served} WHERE source = %(source)s) AS t USING ({key})
WHERE s.hash IS DISTINCT FROM t.hash
