-- The rows of then near a tile, as a FROM takes them. The box reaches each half of “rows”, and so its index, from within alone; OFFSET 0
-- keeps it there: moved out, it is a condition of a join, and every row of the layer is read for each tile.
LATERAL (SELECT * FROM {rows} AS kept WHERE kept.geom && tile.stored OFFSET 0)
