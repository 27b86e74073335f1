-- One layer of a tile that would be too heavy: the areas which a smaller scale shows of it, drawn ahead at zoom “high”. “id” and “seen”
-- are quoted literals. Numbers are said to be of four bytes: see tile_labels.sql.
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
            ON piece.layer = {id} AND piece.seen = {seen} AND piece.zoom = {high}
            AND piece.x = $2::int >> ($1::int - {high}) AND piece.y = $3::int >> ($1::int - {high})
            AND piece.geom && tile.found
        ORDER BY piece.fid, piece.tags::text, piece.geom
    ) AS drawn
), ''::bytea)
