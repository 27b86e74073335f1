-- A layer of areas in a tile of Web Mercator. “id” is a quoted literal; “columns” are quoted names, “rows” those that the view sees.
-- An area that does not reach far beyond the tile needs no clipping: it is laid on the tile's grid (“laid”), its rings turned as MVT wants them.
-- Its corners move by at most 0.71 units, so it stays sound where they are more than 1.42 units from its sides (`clearance`: metres on
-- the ground, of which Web Mercator makes more). Others are looked at, and left to ST_AsMVTGeom when they are not sound.
coalesce((
    SELECT ST_AsMVT(drawn, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            served.fid,
            {columns}
            CASE WHEN served.source = ANY (tile.synthetic) THEN true END AS synthetic,
            CASE
                WHEN served.clearance > 1.42 * tile.unit AND served.geom_3857 @ tile.roomy THEN {laid}
                WHEN served.geom_3857 @ tile.roomy AND ST_IsValid({laid}) THEN {laid}
                ELSE ST_AsMVTGeom(served.geom_3857, tile.envelope, {extent}, {buffer}, true)
            END AS geom
        FROM tile JOIN {rows} AS served ON served.geom_3857 && tile.near
        ORDER BY served.fid  -- the same content is the same bytes, so that an untouched tile keeps its validator
    ) AS drawn
), ''::bytea)
