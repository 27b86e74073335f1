-- Areas too small to be told apart, as a FROM takes them: each square of “side” tile units that they fill by half is of the kind that has
-- most of it. “given” are the quoted fields that tell kinds apart.
LATERAL (
    SELECT DISTINCT ON (east, north)
        fid,
        source,
        {given}
        stands_for,
        ST_MakeEnvelope(
            east * {side} * tile.unit, north * {side} * tile.unit, (east + 1) * {side} * tile.unit, (north + 1) * {side} * tile.unit, 3857
        ) AS geom_3857
    FROM (
        SELECT
            east,
            north,
            source,
            {given}
            min(fid) AS fid,
            count(*) AS stands_for,
            sum(area) AS area,
            sum(sum(area)) OVER (PARTITION BY east, north) AS filled
        FROM (
            SELECT
                *,
                floor((ST_XMin(geom_3857) + ST_XMax(geom_3857)) / 2 / ({side} * tile.unit)) AS east,
                floor((ST_YMin(geom_3857) + ST_YMax(geom_3857)) / 2 / ({side} * tile.unit)) AS north,
                ST_Area(geom_3857) AS area
            FROM {rows} AS near
        ) AS kept
        GROUP BY {given} east, north, source
    ) AS kinds
    WHERE filled > 0.5 * ({side} * tile.unit) ^ 2
    ORDER BY east, north, area DESC, fid
)
