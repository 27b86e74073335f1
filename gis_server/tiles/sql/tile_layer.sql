-- One layer of a tile. “id” is a quoted literal; “columns” are quoted names, “rows” those that the view sees; “shape” is in the system
-- of the tile's envelope; the rows around it are found in Web Mercator in every grid.
coalesce((
    SELECT ST_AsMVT(drawn, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            served.fid,
            {columns}
            CASE WHEN served.source = ANY (tile.synthetic) THEN true END AS synthetic,
            ST_AsMVTGeom({shape}, tile.envelope, {extent}, {buffer}, true) AS geom
        FROM tile JOIN {rows} AS served ON served.geom_3857 && tile.found
        ORDER BY served.fid  -- the same content is the same bytes, so that an untouched tile keeps its validator
    ) AS drawn
    WHERE drawn.geom IS NOT NULL
), ''::bytea)
