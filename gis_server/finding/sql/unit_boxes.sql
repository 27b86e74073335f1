-- Where the units of the codes $1 lie, the present and the past ones.
SELECT served.{code} AS code, served.{until} IS NOT NULL AS is_past, {id} AS layer, max(served.fid) AS fid,
    min(ST_XMin(served.geom)) AS west, min(ST_YMin(served.geom)) AS south,
    max(ST_XMax(served.geom)) AS east, max(ST_YMax(served.geom)) AS north
FROM {rows} AS served
WHERE served.{code} = ANY ($1::text[])
GROUP BY served.{code}, served.{until} IS NOT NULL
