-- Another layer around the edited features.
SELECT row_number() OVER () AS feature, geom, {width} AS width
FROM {served}
WHERE fid = ANY (ARRAY(SELECT near.fid FROM ({places}) AS place INNER JOIN {served} AS near ON near.geom && ST_Expand(place.geom, {reach_m})))
AND fid <> ALL ({replaced})
