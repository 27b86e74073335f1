-- One layer of a tile as it was drawn ahead, at publishing: for the tile itself, or for one of a smaller scale that it lies in; “zoom”, “x” and
-- “y” say which. “id” and “seen” are quoted literals.
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
            ON piece.layer = {id} AND piece.seen = {seen} AND piece.zoom = {zoom} AND piece.x = {x} AND piece.y = {y}
            AND piece.geom && tile.found
        ORDER BY piece.fid, piece.tags::text, piece.geom
    ) AS drawn
), ''::bytea)
