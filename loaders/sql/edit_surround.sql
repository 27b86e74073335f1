-- What is served near the edited rows. The gate looks at it as at the rest of a delivery; its number says that nothing is told of it.
INSERT INTO {staged} (_row, _feature, hash, {columns})
SELECT -1, -1, 0, {columns}
FROM {served}
WHERE
    fid = ANY (ARRAY(
        SELECT near.fid FROM {staged} AS edited INNER JOIN {served} AS near ON near.geom && ST_Expand(edited.geom, %(reach_m)s)
    ))
    AND fid <> ALL (%(replaced)s::bigint[])
