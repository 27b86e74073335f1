-- REL-04: meets surfaces of the other layer, but lies with too small a share in any one of them.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT
    %(layer)s, 'REL-04', doubtful._row, doubtful._feature, NULL, format('%%s: %%s %%%%', %(other)s::text, round((100 * best.share)::numeric)),
    ST_PointOnSurface(doubtful.geom)
FROM (
    SELECT staged._row, staged._feature, staged.geom
    FROM {staged} AS staged
    WHERE
        ST_Dimension(staged.geom) = 2
        AND NOT EXISTS (SELECT FROM {others} AS other WHERE ST_Covers(other.geom, staged.geom))
    OFFSET 0
) AS doubtful
CROSS JOIN LATERAL (
    SELECT max(parts.share) AS share
    FROM (
        SELECT sum(ST_Area(ST_Intersection(other.geom, doubtful.geom))) / ST_Area(doubtful.geom) AS share
        FROM {others} AS other
        WHERE ST_Intersects(other.geom, doubtful.geom)
        GROUP BY other.feature
    ) AS parts
) AS best
WHERE best.share > 0.01 AND best.share < %(share)s
