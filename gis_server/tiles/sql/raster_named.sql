-- Whether a served or ended row of a layer names this raster.
SELECT EXISTS (SELECT FROM {table} WHERE sha256 = $1) OR EXISTS (SELECT FROM {history} WHERE sha256 = $1)
