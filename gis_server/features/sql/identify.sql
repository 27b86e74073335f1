-- What lies near a point, over all layers asked for: nearest first; of those that hold the point the smallest,
-- since who clicks a house in a ward asks about the house; then in the order of the layers.
SELECT
    hit.place, hit.layer, hit.fid, hit.born, released.published_at, hit.distance_m, hit.properties, hit.geometry,
    source.source, source.title_vi, source.title_en, source.licence, source.attribution, source.synthetic
FROM ({pieces}) AS hit
JOIN meta.source AS source ON source.source = hit.source
JOIN meta.release AS released ON released.release = hit.born
ORDER BY round(hit.distance_m::numeric, 3), hit.area_m2, hit.place, hit.fid
