-- Features of one layer that release $1 touched, in order of fid after $2, at most $3: versions that began with it and
-- versions that ended with it. A version that differs in nothing the caller sees is no change.
SELECT
    fid,
    CASE WHEN ended.died IS NULL THEN 'added' WHEN began.born IS NULL THEN 'removed' ELSE 'changed' END AS kind
FROM (
    SELECT fid, born, {columns} FROM {served} AS served WHERE born = $1 AND fid > $2
    UNION ALL
    SELECT fid, born, {columns} FROM {history} AS closed WHERE born = $1 AND fid > $2
) AS began
FULL JOIN (SELECT fid, died, {columns} FROM {history} AS closed WHERE died = $1 AND fid > $2) AS ended USING (fid)
WHERE (ended.died IS NULL OR began.born IS NULL OR ROW({began}) IS DISTINCT FROM ROW({ended})) AND ({within})
ORDER BY fid LIMIT $3
