-- The labels of a layer whose middles lie in a tile. A line's stretch goes on beyond the tile: cut, its name would not fit or stand twice.
-- “id” is the labels' own name, “layer” and “seen” are those of what they say; all are quoted literals.
coalesce((
    SELECT ST_AsMVT(said, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            label.fid,
            label.tags,
            CASE WHEN label.source = ANY (tile.synthetic) THEN true END AS synthetic,
            ST_AsMVTGeom(label.geom, tile.envelope, {extent}, {buffer}, false) AS geom
        FROM tile JOIN drawing.label AS label
            ON label.layer = {layer} AND label.seen = {seen} AND $1 BETWEEN label.low AND label.high
            AND label.x BETWEEN $2 << 22 - $1 AND ($2 + 1 << 22 - $1) - 1
            AND label.y BETWEEN $3 << 22 - $1 AND ($3 + 1 << 22 - $1) - 1
        ORDER BY label.fid, label.geom
    ) AS said
    WHERE said.geom IS NOT NULL
), ''::bytea)
