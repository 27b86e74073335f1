-- What was found in a load, as it is kept.
SELECT layer, code, field, key, value, waived, ST_X(place), ST_Y(place)
FROM meta.finding
WHERE load_id = %(load_id)s
ORDER BY layer, code, waived, finding_id
