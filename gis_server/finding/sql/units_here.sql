-- The units, present and past, that hold the point $1, $2.
SELECT served.{code} AS code, served.{until} IS NOT NULL AS is_past
FROM {rows} AS served
WHERE ST_Intersects(served.geom, ST_SetSRID(ST_MakePoint($1, $2), {srid}))
ORDER BY length(served.{code}) DESC
