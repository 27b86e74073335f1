-- What is served now against what was in release %(release)s, by fid: rows born since, and versions that ended since.
CREATE TEMPORARY TABLE {changes} ON COMMIT DROP AS
SELECT fid, now.source AS ends, old.source AS begins, old.born
FROM (SELECT fid, hash, source FROM {served} WHERE born > %(release)s) AS now
FULL JOIN (
    SELECT fid, born, hash, source FROM {history} WHERE born <= %(release)s AND died > %(release)s
) AS old USING (fid)
WHERE now.hash IS DISTINCT FROM old.hash OR now.source IS DISTINCT FROM old.source
