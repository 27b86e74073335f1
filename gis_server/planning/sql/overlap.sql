-- Surfaces over the shape: their area in it in its own grid, the mean width of that part, and what all cover together.
-- Large surfaces are cut down to the shape's surroundings first. “surface” widens lines by their own width.
(
    SELECT
        asked.n, {rule} AS rule, hit.fid, hit.born, hit.source, hit.properties,
        hit.area_m2, NULL::float8 AS length_m, 0::float8 AS distance_m, hit.width_m, hit.covered_m2
    FROM asked CROSS JOIN LATERAL (
        SELECT
            served.fid, {born} AS born, served.source,
            (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
            ST_Area(part.geom) AS area_m2, 2 * ST_Area(part.geom) / nullif(ST_Perimeter(part.geom), 0) AS width_m,
            ST_Area(ST_Union(part.geom) OVER ()) AS covered_m2
        FROM {rows} AS served
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN ST_NPoints(served.geom) < 500 THEN {surface}
                ELSE ST_MakeValid(ST_ClipByBox2D({surface}, ST_Expand(asked.geom, 1)::box2d))
            END AS geom
            OFFSET 0  -- computed once, not wherever it is named
        ) AS near
        CROSS JOIN LATERAL (
            SELECT ST_Transform(ST_CollectionExtract(ST_Intersection(near.geom, asked.geom), 3), asked.srid) AS geom
            OFFSET 0
        ) AS part
        WHERE served.geom && {around} AND {conditions} AND ST_Area(part.geom) >= 0.005
        ORDER BY area_m2 DESC, served.fid
        LIMIT {most}
    ) AS hit
)
