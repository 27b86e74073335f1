-- Points in a crowd, as a FROM takes them: of each square of “side” tile units the first in the order “given”; it stands for all.
LATERAL (
    SELECT DISTINCT ON (east, north, source) *, count(*) OVER (PARTITION BY east, north, source) AS stands_for
    FROM (
        SELECT
            *,
            floor(ST_XMin(geom_3857) / ({side} * tile.unit)) AS east,
            floor(ST_YMin(geom_3857) / ({side} * tile.unit)) AS north
        FROM {rows} AS near
    ) AS kept
    ORDER BY east, north, source, {given} fid
)
