-- The findings of a load, for as long as its release: of each code and layer at most so many, those that nobody answers for first.
INSERT INTO meta.finding (load_id, layer, code, field, key, value, waived, place)
SELECT %(load_id)s, layer, code, field, key, value, waived, place
FROM (
    SELECT
        layer, code, field, key, value, waived, ST_PointOnSurface(place) AS place,
        row_number() OVER (PARTITION BY layer, code ORDER BY waived, row) AS nth
    FROM {findings}
) AS found
WHERE nth <= %(most)s
