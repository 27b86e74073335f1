-- One layer of a tile of a grid beside Web Mercator's, from the stored shapes. “id” is a quoted literal; “columns” are quoted names, “rows”
-- those that the view sees; “shape” is geom in the grid's system (the pinned shift), simplified at low zooms.
coalesce((
    SELECT ST_AsMVT(drawn, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            served.fid,
            {columns}
            CASE WHEN served.source = ANY (tile.synthetic) THEN true END AS synthetic,
            ST_AsMVTGeom({shape}, tile.envelope, {extent}, {buffer}, true) AS geom
        FROM tile JOIN {rows} AS served ON served.geom_3857 && tile.found
        ORDER BY served.fid
    ) AS drawn
    WHERE drawn.geom IS NOT NULL
), ''::bytea)
