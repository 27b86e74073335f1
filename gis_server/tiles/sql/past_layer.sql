-- One layer of a tile as it was in an earlier release, each feature as it was served. “rows” are those of then; ended ones are found by
-- their box in the stored grid.
coalesce((
    SELECT ST_AsMVT(drawn, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            served.fid,
            {columns}
            CASE WHEN served.source = ANY (tile.synthetic) THEN true END AS synthetic,
            ST_AsMVTGeom({shape}, tile.envelope, {extent}, {buffer}, true) AS geom
        FROM tile JOIN {rows} AS served ON served.geom && tile.stored
        ORDER BY served.fid
    ) AS drawn
    WHERE drawn.geom IS NOT NULL
), ''::bytea)
