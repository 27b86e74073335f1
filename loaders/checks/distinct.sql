-- GEO-14: drawn exactly like another feature; the first one is not named. Box and number of points choose whom to compare.
WITH sized AS MATERIALIZED (
    SELECT _row, _feature, ST_XMin(geom) AS a, ST_YMin(geom) AS b, ST_XMax(geom) AS c, ST_YMax(geom) AS d, ST_NPoints(geom) AS points
    FROM {staged}
    WHERE geom IS NOT NULL
), alike AS (
    SELECT _row FROM (SELECT _row, count(*) OVER (PARTITION BY a, b, c, d, points) AS times FROM sized) AS counted WHERE times > 1
), drawn AS (
    SELECT staged._row, staged._feature, staged.geom, left(concat_ws(', ', {shown}), 200) AS key, ST_AsBinary(ST_Normalize(staged.geom)) AS form
    FROM {staged} AS staged
    INNER JOIN alike USING (_row)
), again AS (
    SELECT
        *, row_number() OVER same AS nth, first_value(key) OVER same AS other
    FROM drawn
    WINDOW same AS (PARTITION BY form ORDER BY _row)
)
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'GEO-14', _row, _feature, NULL, other, ST_PointOnSurface(geom)
FROM again
WHERE nth > 1
