SELECT _row, ST_AsBinary(geom) FROM {staged} WHERE _row = ANY (%(rows)s) AND ST_Dimension(geom) > 0 ORDER BY _row
