-- Some rows with one finding: key, value, and a point of the place in the stored grid.
SELECT
    left(concat_ws(', ', {shown}), 120), found.value,
    round(ST_X(spot.at)::numeric, 1)::float8, round(ST_Y(spot.at)::numeric, 1)::float8
FROM {findings} AS found
LEFT JOIN {staged} AS staged ON staged._row = found.row
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(ST_Envelope(found.place)) AS at) AS spot
WHERE found.layer = %(layer)s AND found.code = %(code)s AND found.field IS NOT DISTINCT FROM %(field)s
ORDER BY found.row
LIMIT %(limit)s
