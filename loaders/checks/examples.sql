-- Some findings: key, value, and a point of the place in the stored grid; those that nobody answers for come first.
SELECT
    coalesce(found.key, ''), found.value,
    round(ST_X(spot.at)::numeric, 1)::float8, round(ST_Y(spot.at)::numeric, 1)::float8
FROM {findings} AS found
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(ST_Envelope(found.place)) AS at) AS spot
WHERE found.layer = %(layer)s AND found.code = %(code)s AND found.field IS NOT DISTINCT FROM %(field)s
ORDER BY found.waived, found.row
LIMIT %(limit)s
