-- What was found of each edit, with a point of the place in the stored grid.
SELECT found.row, found.layer, found.code, found.field, left(found.value, 200), ST_X(spot.at), ST_Y(spot.at)
FROM {findings} AS found
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(ST_Envelope(found.place)) AS at) AS spot
WHERE NOT found.waived
ORDER BY found.row, found.code, found.field
