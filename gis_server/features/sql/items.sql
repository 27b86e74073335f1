-- One page of features in order of fid. $1 = fid to begin after, $2 = how many at most, $3… = values of “conditions”.
-- “rows” is the served table, or the rows of an earlier release; “columns” are quoted names of the caller's view.
SELECT
    served.fid,
    '{{"type":"Feature","id":' || served.fid
    || ',"geometry":' || coalesce(ST_AsGeoJSON({shape}, {decimals}, 0), 'null')
    || ',"properties":' || (
        SELECT row_to_json(properties)::text
        FROM (SELECT {columns} served.source, served.source = ANY (synthetic.sources) AS synthetic) AS properties
    ) || '}}' AS feature
FROM
    (SELECT ARRAY(SELECT source FROM meta.source WHERE synthetic) AS sources) AS synthetic,
    {rows} AS served
WHERE served.fid > $1 AND {conditions}
ORDER BY served.fid
LIMIT $2
