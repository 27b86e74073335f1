-- Whether any of some tables has something in the drawn area of a tile, at whatever zoom it is shown. $1 = z, $2 = x, $3 = y.
WITH tile AS MATERIALIZED (SELECT ST_TileEnvelope($1, $2, $3, margin => {margin}) AS buffered)
SELECT {pieces}
