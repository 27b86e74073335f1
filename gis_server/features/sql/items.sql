-- One page of features. $1 = fid to begin after, $2 = how many at most, $3… = values of “conditions” and “after”.
-- “rows” is the served table, or the rows of an earlier release; “columns” are quoted names of the caller's view.
SELECT
    served.fid,
    '{{"type":"Feature","id":' || served.fid
    || ',"geometry":' || {geometry}
    || ',"properties":' || (
        SELECT row_to_json(properties)::text
        FROM (SELECT {columns} served.source, served.source = ANY (synthetic.sources) AS synthetic) AS properties
    ) || '}}' AS feature,
    {sorted} AS sorted
FROM
    (SELECT ARRAY(SELECT source FROM meta.source WHERE synthetic) AS sources) AS synthetic,
    {rows} AS served
WHERE ({after}) AND {conditions}
ORDER BY {order}
LIMIT $2
