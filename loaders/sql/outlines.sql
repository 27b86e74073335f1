-- Shapes of a layer for a map of its findings: those beside a finding nearly as drawn, then some others, simplified.
WITH places AS (
    SELECT place FROM {findings} WHERE layer = %(layer)s AND place IS NOT NULL LIMIT %(places)s
), beside AS (
    SELECT DISTINCT ON (near._row) near.geom
    FROM places JOIN {staged} AS near ON near.geom && ST_Expand(places.place, %(reach_m)s)
    WHERE ST_Dimension(near.geom) > 0
    ORDER BY near._row LIMIT %(near)s
), others AS (
    SELECT geom FROM {staged} WHERE ST_Dimension(geom) > 0 ORDER BY md5(_row::text) LIMIT %(others)s
)
SELECT ST_AsBinary(ST_Simplify(geom, least(0.05 * (1 + ST_NPoints(geom) / 200), 2), true)) FROM beside
UNION ALL
SELECT ST_AsBinary(ST_Simplify(geom, 1, true)) FROM others
