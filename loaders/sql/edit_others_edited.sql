-- The same of a layer that is edited, too: as it will be.
SELECT row_number() OVER () AS feature, geom, width
FROM (
    SELECT geom, {width} AS width FROM {staged} WHERE _row >= 0
    UNION ALL
    SELECT geom, {width} FROM {served}
    WHERE fid = ANY (ARRAY(SELECT near.fid FROM ({places}) AS place INNER JOIN {served} AS near ON near.geom && ST_Expand(place.geom, {reach_m})))
    AND fid <> ALL ({replaced})
) AS rows
