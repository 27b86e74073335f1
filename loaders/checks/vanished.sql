-- REV-02: a code that this source serves many times is gone.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REV-02', NULL, NULL, %(field)s, format('%%s (%%s)', served.code, served.times), ST_PointOnSurface(served.place)
FROM (
    SELECT {field} AS code, count(*) AS times, (array_agg(geom))[1] AS place
    FROM {served}
    WHERE source = %(source)s AND {field} IS NOT NULL
    GROUP BY {field}
    HAVING count(*) >= %(least)s
) AS served
WHERE NOT EXISTS (SELECT FROM {staged} AS staged WHERE staged.{field} = served.code)
