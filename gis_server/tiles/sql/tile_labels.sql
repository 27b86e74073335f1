-- The labels of a layer whose middles lie in a tile. A line's stretch goes on beyond the tile: cut, its name would not fit or stand twice.
-- Numbers are said to be of four bytes: a client that sends small ones in two would shift them out of sight.
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
            ON label.layer = {layer} AND label.seen = {seen} AND $1::int BETWEEN label.low AND label.high
            AND label.x BETWEEN $2::int << 22 - $1::int AND ($2::int + 1 << 22 - $1::int) - 1
            AND label.y BETWEEN $3::int << 22 - $1::int AND ($3::int + 1 << 22 - $1::int) - 1
        ORDER BY label.fid, label.geom
    ) AS said
), ''::bytea)
