-- Layers of every release after $1 with what it touched of them; null where nobody recorded that.
SELECT made.release, made.layer, touched.cells
FROM (SELECT DISTINCT release, layer FROM meta.release_layer WHERE release > $1) AS made
LEFT JOIN meta.touched AS touched USING (release, layer)
ORDER BY made.release, made.layer
