-- Some shapes of a layer, simplified: the ground under a map of findings.
SELECT ST_AsBinary(ST_Simplify(geom, %(tolerance_m)s, true))
FROM (SELECT geom FROM {staged} WHERE ST_Dimension(geom) > 0 ORDER BY md5(_row::text) LIMIT %(limit)s) AS drawn
