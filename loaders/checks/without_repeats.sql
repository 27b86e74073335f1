-- GEO-18: points that stand twice in a row are dropped; nothing else changes by that, and the finding says how many.
WITH cleaned AS (
    UPDATE {staged} AS staged
    SET geom = ST_RemoveRepeatedPoints(staged.geom)
    FROM {findings} AS found
    WHERE found.layer = %(layer)s AND found.code = 'GEO-17' AND found.row = staged._row
    RETURNING staged._row
)
UPDATE {findings} AS found
SET code = 'GEO-18'
FROM cleaned
WHERE found.layer = %(layer)s AND found.code = 'GEO-17' AND found.row = cleaned._row
