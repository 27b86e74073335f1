-- Codes have five digits for communes, three for districts, two for provinces; those of past units end in a dash here.
SELECT
    min(served.{code}) FILTER (WHERE length(served.{code}) = 5 AND served.{until} IS NULL) AS code,
    min(served.{label}) FILTER (WHERE length(served.{code}) = 5 AND served.{until} IS NULL) AS name,
    array_agg(served.{code} || CASE WHEN served.{until} IS NULL THEN '' ELSE '-' END) AS units
FROM {rows} AS served
WHERE served.{code} IS NOT NULL AND ST_Intersects(served.geom, hit.point)
