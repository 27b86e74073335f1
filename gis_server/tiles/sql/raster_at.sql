-- The rasters of a layer at a point ($1 x, $2 y, Web Mercator), the finest first.
SELECT
    served.ma, served.sha256, served.luoi, served.ngay, served.source, source.synthetic, source.attribution, served.born, served.fid
FROM {rows} AS served
JOIN meta.source AS source ON source.source = served.source
WHERE served.geom_3857 && ST_SetSRID(ST_MakePoint($1, $2), 3857) AND served.sha256 IS NOT NULL
ORDER BY served.do_phan_giai, served.ngay DESC NULLS LAST, served.ma
LIMIT $3
