-- Rows whose geometry was mended get the hash, the Web-Mercator copy and the clearance of what it is now.
UPDATE {staged} AS staged
SET hash = {hash}, geom_3857 = ST_Transform(geom, 3857), clearance = {measured}
WHERE staged._row = ANY (%(rows)s)
