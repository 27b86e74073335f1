-- One layer of a tile. “id” is a quoted literal; “columns” are quoted names, “rows” those that the view sees; “shape” is in the system
-- of the tile's envelope; “around” finds the rows near it: in Web Mercator in every grid, and in the stored grid those that ended.
coalesce((
    SELECT ST_AsMVT(drawn, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            served.fid,
            {columns}
            CASE WHEN served.source = ANY (tile.synthetic) THEN true END AS synthetic,
            ST_AsMVTGeom({shape}, tile.envelope, {extent}, {buffer}, true) AS geom
        FROM tile JOIN {rows} AS served ON {around}
        ORDER BY served.fid  -- the same content is the same bytes, so that an untouched tile keeps its validator
    ) AS drawn
), ''::bytea)
