-- REV-02: a code that this source serves many times is gone; it is shown where its oldest feature is.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REV-02', NULL, NULL, %(field)s, format('%%s (%%s)', served.code, served.times), ST_PointOnSurface(oldest.geom)
FROM (
    SELECT {field} AS code, count(*) AS times, min(fid) AS fid
    FROM {served}
    WHERE source = %(source)s AND {field} IS NOT NULL
    GROUP BY {field}
    HAVING count(*) >= %(least)s
) AS served
INNER JOIN {served} AS oldest USING (fid)
WHERE NOT EXISTS (SELECT FROM {staged} AS staged WHERE staged.{field} = served.code)
