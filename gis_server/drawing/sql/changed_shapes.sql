-- Shapes, before and after, of the features that a release changed as tiles show them: a change in a field that tiles do not
-- carry is none. “ahead” says whether tiles drawn ahead show it, too: they carry fewer fields. One more than the most that are
-- asked for says that there are more. Whether a shape changed is told by the stored grid: its places in Web Mercator may differ in
-- the last bit from load to load.
SELECT
    fid,
    ST_AsBinary(shape),
    ROW({began_ahead}, began.geom::bytea) IS DISTINCT FROM ROW({ended_ahead}, ended.geom::bytea) AS ahead
FROM (SELECT fid, {drawn}, geom, geom_3857 FROM {served} WHERE born = %(release)s) AS began
FULL JOIN (SELECT fid, {drawn}, geom, geom_3857 FROM {history} WHERE died = %(release)s) AS ended USING (fid)
CROSS JOIN LATERAL (VALUES (began.geom_3857), (ended.geom_3857)) AS sides(shape)
WHERE shape IS NOT NULL
    AND ROW({began}, began.geom::bytea) IS DISTINCT FROM ROW({ended}, ended.geom::bytea)
LIMIT %(most)s + 1
