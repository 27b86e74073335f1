-- REV-04: this source serves features of a kind of geometry, and delivers none now.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REV-04', NULL, NULL, NULL, format('%%s (%%s)', served.kind, served.times), ST_PointOnSurface(served.place)
FROM (
    SELECT replace(GeometryType(geom), 'MULTI', '') AS kind, count(*) AS times, (array_agg(geom))[1] AS place
    FROM {served}
    WHERE source = %(source)s
    GROUP BY kind
    HAVING count(*) >= %(least)s
) AS served
WHERE NOT EXISTS (SELECT FROM {staged} AS staged WHERE replace(GeometryType(staged.geom), 'MULTI', '') = served.kind)
