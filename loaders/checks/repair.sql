-- GEO-11: an invalid polygon made valid, where its area hardly changes by that. It stays a polygon, and the finding says what was done.
-- A star of twenty thousand points has more crossings than there is memory: outlines of very many points are only found, not repaired.
WITH mended AS (
    SELECT staged._row, reason.location, reason.reason, staged.geom AS old, ST_CollectionExtract(ST_MakeValid(staged.geom), 3) AS new
    FROM {staged} AS staged
    CROSS JOIN LATERAL ST_IsValidDetail(staged.geom) AS reason
    WHERE staged._row = ANY (%(rows)s) AND ST_Dimension(staged.geom) = 2 AND ST_NPoints(staged.geom) <= 5000
    AND NOT ST_IsValid(staged.geom)
), accepted AS (
    UPDATE {staged} AS staged
    SET geom = ST_Multi(mended.new)
    FROM mended
    WHERE
        staged._row = mended._row AND NOT ST_IsEmpty(mended.new) AND ST_IsValid(mended.new)
        AND abs(ST_Area(mended.new) - ST_Area(mended.old)) <= %(share)s * ST_Area(mended.old)
    RETURNING staged._row, staged._feature, mended.reason, mended.location, ST_Area(mended.old) AS before, ST_Area(staged.geom) AS after
)
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT
    %(layer)s, 'GEO-11', _row, _feature, NULL,
    format('%%s; %%s m² → %%s m²', reason, round(before::numeric, 2), round(after::numeric, 2)), location
FROM accepted
