SELECT served.{code} AS code, served.{label} AS name
FROM {rows} AS served
WHERE served.{until} IS NULL AND ST_Intersects(served.geom, hit.point)
ORDER BY length(served.{code}) DESC
LIMIT 1
