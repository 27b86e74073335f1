-- Findings that were made outside of the database, row by row; a geometry that is not valid has its own finding already.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, given.code, staged._row, staged._feature, NULL, given.value, ST_SetSRID(ST_Point(given.x, given.y), %(srid)s)
FROM unnest(%(codes)s::text[], %(rows)s::bigint[], %(values)s::text[], %(x)s::float8[], %(y)s::float8[]) AS given (code, row, value, x, y)
INNER JOIN {staged} AS staged ON staged._row = given.row
WHERE NOT EXISTS (
    SELECT FROM {findings} AS known WHERE known.layer = %(layer)s AND known.code = 'GEO-01' AND known.row = staged._row
)
