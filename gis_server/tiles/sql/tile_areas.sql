-- A layer of areas in a tile of Web Mercator. “id” is a quoted literal; “columns” are quoted names, “rows” those that the view sees.
-- An area wholly within their margin needs no clipping: it is laid on the tile's grid, its rings turned as MVT wants them, and looked at.
-- Nearly always it is sound then, which takes half the time of ST_AsMVTGeom; the others are left to that.
coalesce((
    SELECT ST_AsMVT(drawn, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            served.fid,
            {columns}
            CASE WHEN served.source = ANY (tile.synthetic) THEN true END AS synthetic,
            CASE
                WHEN ST_IsValid(laid.shape) THEN laid.shape
                ELSE ST_AsMVTGeom(served.geom_3857, tile.envelope, {extent}, {buffer}, true)
            END AS geom
        FROM tile
        JOIN {rows} AS served ON served.geom_3857 && tile.near
        LEFT JOIN LATERAL (
            SELECT ST_ForcePolygonCCW(ST_SnapToGrid(  -- counter-clockwise in numbers: y grows downwards
                ST_TransScale(served.geom_3857, -tile.west, -tile.north, 1 / tile.unit, -1 / tile.unit), 1
            )) AS shape
            OFFSET 0  -- or it would be laid anew wherever it is named
        ) AS laid ON served.geom_3857 @ tile.near
        ORDER BY served.fid  -- the same content is the same bytes, so that an untouched tile keeps its validator
    ) AS drawn
    WHERE drawn.geom IS NOT NULL
), ''::bytea)
