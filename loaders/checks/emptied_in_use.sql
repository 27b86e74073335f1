-- REV-05: this source serves values of a field that styles and maps read, and brings none of them now. The staged rows are
-- asked first and once: where one has a value, as nearly always, nothing served is read.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'REV-05', NULL, NULL, %(name)s, consumer, served.place
FROM (
    SELECT ST_SetSRID(ST_Centroid(ST_Extent(geom)::geometry), %(srid)s) AS place, count(*) AS rows
    FROM {served}
    WHERE
        EXISTS (SELECT FROM {staged}) AND NOT EXISTS (SELECT FROM {staged} WHERE {field} IS NOT NULL)
        AND source = %(source)s AND {field} IS NOT NULL
) AS served
CROSS JOIN unnest(%(consumers)s::text[]) AS consumer
WHERE served.rows > 0
