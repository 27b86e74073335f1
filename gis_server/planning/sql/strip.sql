-- Lines that cut the shape: their length in it, and the area on the side of the nearest axis, which is reached from
-- there without crossing the line. The area is null where no axis lies near enough to tell the side, and where the line
-- ends in the shape or runs along its edge: then it divides nothing.
(
    SELECT
        asked.n, {rule} AS rule, hit.fid, hit.born, hit.source, hit.properties,
        hit.area_m2, hit.length_m, 0::float8 AS distance_m,
        hit.area_m2 / nullif(hit.length_m, 0) AS width_m, NULL::float8 AS covered_m2
    FROM asked CROSS JOIN LATERAL (
        SELECT
            served.fid, {born} AS born, served.source,
            (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
            ST_Length(ST_Transform(within.geom, asked.srid)) AS length_m,
            CASE WHEN axis.geom IS NOT NULL THEN (
                SELECT CASE WHEN count(*) > 1 THEN coalesce(sum(ST_Area(ST_Transform(piece.geom, asked.srid))) FILTER (
                    WHERE NOT ST_Intersects(ST_ShortestLine(ST_PointOnSurface(piece.geom), axis.geom), served.geom)
                ), 0) END
                FROM ST_Dump(ST_Split(asked.geom, served.geom)) AS piece
            ) END AS area_m2
        FROM {rows} AS served
        CROSS JOIN LATERAL (
            SELECT ST_CollectionExtract(ST_Intersection(served.geom, asked.geom), 2) AS geom
            OFFSET 0  -- computed once, not wherever it is named
        ) AS within
        LEFT JOIN LATERAL (
            SELECT toward.geom FROM {toward} AS toward
            WHERE ST_DWithin(toward.geom, within.geom, {reach})
            ORDER BY toward.geom <-> ST_Centroid(within.geom), toward.fid
            LIMIT 1
        ) AS axis ON true
        WHERE served.geom && asked.geom AND ST_Crosses(served.geom, asked.geom) AND {conditions}
        AND ST_Length(within.geom) >= 0.005
        ORDER BY area_m2 DESC NULLS LAST, served.fid
        LIMIT {most}
    ) AS hit
)
