-- What every release after $1 touched of a layer for each way ($3) of seeing only some of its rows ($2, side by side); null where
-- nobody recorded that.
SELECT wanted.layer, touched.cells
FROM unnest($2::text[], $3::text[]) AS wanted(layer, seen)
JOIN (SELECT DISTINCT release, layer FROM meta.release_layer WHERE release > $1) AS made USING (layer)
LEFT JOIN meta.touched_seen AS touched USING (release, layer, seen)
