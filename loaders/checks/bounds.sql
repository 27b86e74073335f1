-- West, south, east, north of a layer's staged rows.
SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM (SELECT ST_Extent(geom) AS box FROM {staged}) AS whole
