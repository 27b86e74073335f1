-- The features $1 of the layers $2: a point of each (metres of the stored grid), its box, whose data it is, and the present
-- unit that it lies in.
SELECT hit.layer, hit.fid, hit.born, ST_X(hit.point) AS x, ST_Y(hit.point) AS y, hit.west, hit.south, hit.east, hit.north,
    source.source, source.synthetic, source.title_vi, source.title_en, unit.code AS unit, unit.name AS unit_name, unit.units
FROM ({pieces}) AS hit
JOIN meta.source AS source ON source.source = hit.source
LEFT JOIN LATERAL ({unit_at}) AS unit ON true
