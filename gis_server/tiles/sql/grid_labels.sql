-- The labels of a layer whose middles lie in a tile of a grid beside Web Mercator's, as “zoom” shows them. “id” is the labels' own name, “layer”
-- and “seen” are those of what they say; all are quoted literals.
coalesce((
    SELECT ST_AsMVT(said, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            label.fid,
            label.tags,
            CASE WHEN label.source = ANY (tile.synthetic) THEN true END AS synthetic,
            ST_AsMVTGeom(ST_Transform(label.geom, {srid}), tile.envelope, {extent}, {buffer}, false) AS geom
        FROM tile JOIN drawing.label AS label
            ON label.layer = {layer} AND label.seen = {seen} AND {zoom} BETWEEN label.low AND label.high AND label.geom && tile.found
        WHERE ST_Transform(
            ST_SetSRID(
                ST_MakePoint(
                    ((label.x + 0.5) / 2 ^ 22 - 0.5) * 40075016.6855785, (0.5 - (label.y + 0.5) / 2 ^ 22) * 40075016.6855785
                ), 3857
            ), {srid}
        ) && tile.envelope
        ORDER BY label.fid, label.geom
    ) AS said
), ''::bytea)
