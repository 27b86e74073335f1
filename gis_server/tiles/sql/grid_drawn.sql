-- One layer of a tile of a grid beside Web Mercator's, from what was drawn ahead at “zoom”: the pieces of every tile of Web Mercator that this one
-- touches, without their margins, put together where they belong to one thing. “id” and “seen” are quoted literals; “joins” says that things stand for
-- many features: areas of such are told side by side, since uniting the areas of 10,000 houses takes longer than anyone waits.
coalesce((
    SELECT ST_AsMVT(drawn, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            joined.fid,
            joined.tags,
            CASE WHEN joined.stands_for > 1 THEN joined.stands_for END AS merged,
            CASE WHEN joined.synthetic THEN true END AS synthetic,
            ST_AsMVTGeom(ST_Transform(joined.shape, {srid}), tile.envelope, {extent}, {buffer}, true) AS geom
        FROM tile CROSS JOIN LATERAL (
            SELECT
                piece.fid,
                piece.tags,
                sum(piece.stands_for)::bigint AS stands_for,
                bool_or(piece.source = ANY (tile.synthetic)) AS synthetic,
                coalesce(
                    ST_LineMerge(ST_CollectionExtract(
                        ST_Collect(ST_SnapToGrid(own.shape, own.step) ORDER BY piece.y, piece.x, own.shape) FILTER (WHERE own.is_line), 2
                    )),
                    ST_Union(own.shape, own.step ORDER BY piece.y, piece.x, own.shape) FILTER (WHERE NOT own.is_line AND NOT {joins}),
                    ST_CollectionHomogenize(ST_Collect(own.shape ORDER BY piece.y, piece.x, own.shape))
                ) AS shape
            FROM drawing.piece AS piece
            CROSS JOIN LATERAL (
                SELECT
                    ST_ClipByBox2D(piece.geom, ST_TileEnvelope({zoom}, piece.x, piece.y)) AS shape,
                    ST_Dimension(piece.geom) = 1 AS is_line,
                    40075016.6855785 / 2 ^ {zoom} / 65536 AS step
            ) AS own
            WHERE piece.layer = {id} AND piece.seen = {seen} AND piece.zoom = {zoom}
                AND piece.x >= floor((ST_XMin(tile.found) / 40075016.6855785 + 0.5) * 2 ^ {zoom})::int
                AND piece.x <= floor((ST_XMax(tile.found) / 40075016.6855785 + 0.5) * 2 ^ {zoom})::int
                AND piece.y >= floor((0.5 - ST_YMax(tile.found) / 40075016.6855785) * 2 ^ {zoom})::int
                AND piece.y <= floor((0.5 - ST_YMin(tile.found) / 40075016.6855785) * 2 ^ {zoom})::int
                AND piece.geom && tile.found AND NOT ST_IsEmpty(own.shape)
            GROUP BY piece.fid, piece.tags, own.is_line
        ) AS joined
        ORDER BY joined.fid, joined.tags::text, ST_Dimension(joined.shape)
    ) AS drawn
), ''::bytea)
