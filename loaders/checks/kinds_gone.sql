-- REV-04: this source serves features of a kind of geometry, and delivers none now; it is shown where the oldest is.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REV-04', NULL, NULL, NULL, format('%%s (%%s)', served.kind, served.times), ST_PointOnSurface(oldest.geom)
FROM (
    SELECT replace(GeometryType(geom), 'MULTI', '') AS kind, count(*) AS times, min(fid) AS fid
    FROM {served}
    WHERE source = %(source)s
    GROUP BY kind
    HAVING count(*) >= %(least)s
) AS served
INNER JOIN {served} AS oldest USING (fid)
WHERE NOT EXISTS (SELECT FROM {staged} AS staged WHERE replace(GeometryType(staged.geom), 'MULTI', '') = served.kind)
