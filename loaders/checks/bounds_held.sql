-- As `bounds`, of the staged rows and those that were not sent.
SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
FROM (
    SELECT ST_Extent(geom) AS box
    FROM (
        SELECT geom FROM {staged} UNION ALL SELECT geom FROM {served} WHERE source = {source} AND fid <> ALL ({rest})
    ) AS rows
) AS whole
