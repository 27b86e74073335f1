-- Rows whose geometry was mended get the hash and the Web-Mercator copy of what it is now; nobody
-- measures it again.
UPDATE {staged} AS staged
SET hash = {hash}, geom_3857 = ST_Transform(geom, 3857), clearance = NULL
WHERE staged._row = ANY (%(rows)s)
