-- The rasters of a layer that touch a tile ($1 z, $2 x, $3 y), the finest first; pixels come from the first that has any.
SELECT
    sha256, luoi,
    (SELECT coalesce(max(release), 0) FROM meta.release) AS release
FROM {rows} AS served
WHERE geom_3857 && ST_TileEnvelope($1, $2, $3, margin => 0.01) AND sha256 IS NOT NULL
ORDER BY do_phan_giai, ngay DESC NULLS LAST, ma
LIMIT $4
