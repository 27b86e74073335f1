-- Lines within the shape: their length in it, in its own grid.
(
    SELECT
        asked.n, {rule} AS rule, hit.fid, hit.born, hit.source, hit.properties,
        NULL::float8 AS area_m2, hit.length_m, 0::float8 AS distance_m, NULL::float8 AS width_m, NULL::float8 AS covered_m2
    FROM asked CROSS JOIN LATERAL (
        SELECT
            served.fid, {born} AS born, served.source,
            (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
            ST_Length(ST_Transform(ST_CollectionExtract(ST_Intersection(served.geom, asked.geom), 2), asked.srid)) AS length_m
        FROM {rows} AS served
        WHERE served.geom && asked.geom AND ST_Intersects(served.geom, asked.geom) AND {conditions}
        ORDER BY length_m DESC, served.fid
        LIMIT {most}
    ) AS hit
    WHERE hit.length_m >= 0.005
)
