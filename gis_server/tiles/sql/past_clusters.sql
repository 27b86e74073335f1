-- Points in a crowd, as a FROM takes them: those in a square of “side” tile units are one, where they lie on average. “given” are the fields
-- that they agree on.
LATERAL (
    SELECT
        source,
        {given}
        min(fid) AS fid,
        count(*) AS stands_for,
        ST_Centroid(ST_Collect(kept.geom_3857)) AS geom_3857
    FROM (
        SELECT
            *,
            floor(ST_XMin(geom_3857) / ({side} * tile.unit)) AS east,
            floor(ST_YMin(geom_3857) / ({side} * tile.unit)) AS north
        FROM {rows} AS near
    ) AS kept
    GROUP BY east, north, source
)
