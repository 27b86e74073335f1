-- Layers that serve anything, with the mark of the rule by which they were drawn ahead.
SELECT layer, max(drawn.mark)
FROM meta.layer_state AS state LEFT JOIN drawing.state AS drawn USING (layer)
WHERE state.rows > 0
GROUP BY layer
ORDER BY layer
