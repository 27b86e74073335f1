-- The smallest cell of a layer's rasters, metres.
SELECT min(do_phan_giai) FROM {table}
