-- Names of a layer as they were in an earlier release: an area's in its middle, and in one tile; a line's along it. “id” is the labels' own
-- name; “said” is the field that they say.
coalesce((
    SELECT ST_AsMVT(said, {id}, {extent}, 'geom', 'fid')
    FROM (
        SELECT
            served.fid,
            {columns}
            CASE WHEN served.source = ANY (tile.synthetic) THEN true END AS synthetic,
            ST_AsMVTGeom(own.place, tile.envelope, {extent}, {buffer}, ST_Dimension(own.place) > 0) AS geom
        FROM tile
        CROSS JOIN {rows} AS served
        CROSS JOIN LATERAL (
            SELECT CASE WHEN ST_Dimension(served.geom) = 2 THEN ST_PointOnSurface(served.geom_3857) ELSE served.geom_3857 END AS place
        ) AS own
        WHERE served.{said} <> '' AND own.place && tile.envelope
            AND greatest(sqrt(ST_Area(served.geom_3857)), ST_Length(served.geom_3857)) > {least} * tile.unit
        ORDER BY served.fid
    ) AS said
), ''::bytea)
