-- A batch of rows as a table, in order of fid. $1 = fid to begin after, $2 = how many at most, $3… = values of “conditions”.
-- “rows” is the served table, or the rows of an earlier release; “columns” are quoted names of the caller's view.
SELECT served.fid, {columns}
FROM
    (SELECT ARRAY(SELECT source FROM meta.source WHERE synthetic) AS sources) AS synthetic,
    {rows} AS served
WHERE served.fid > $1 AND {conditions}
ORDER BY served.fid
LIMIT $2
