-- One layer of a tile that was drawn ahead, at publishing. “id” and “seen” are quoted literals.
coalesce((
    SELECT ST_AsMVT(drawn, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            piece.fid,
            piece.tags,
            CASE WHEN piece.stands_for > 1 THEN piece.stands_for END AS merged,
            CASE WHEN piece.source = ANY (tile.synthetic) THEN true END AS synthetic,
            ST_AsMVTGeom(piece.geom, tile.envelope, {extent}, {buffer}, true) AS geom
        FROM tile JOIN drawing.piece AS piece
            ON piece.layer = {id} AND piece.seen = {seen} AND piece.zoom = $1 AND piece.x = $2 AND piece.y = $3
        ORDER BY piece.fid, piece.tags::text, piece.geom
    ) AS drawn
), ''::bytea)
