-- What is named or numbered around the point $1, $2 (metres of the stored grid), within $3 metres, the nearest of each field.
SELECT hit.layer, hit.kind, hit.fid, hit.name, hit.distance_m, source.source, source.synthetic, source.title_vi, source.title_en
FROM ({pieces}) AS hit
JOIN meta.source AS source ON source.source = hit.source
ORDER BY round(hit.distance_m::numeric, 2), hit.layer, hit.fid
