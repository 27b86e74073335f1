-- What lies nearest to the shape within reach; at no distance when it reaches into it.
(
    SELECT
        asked.n, {rule} AS rule, hit.fid, hit.born, hit.source, hit.properties,
        NULL::float8 AS area_m2, NULL::float8 AS length_m, hit.distance_m, NULL::float8 AS width_m, NULL::float8 AS covered_m2
    FROM asked CROSS JOIN LATERAL (
        SELECT
            served.fid, {born} AS born, served.source,
            (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
            ST_Distance(served.geom, asked.geom) AS distance_m
        FROM {rows} AS served
        WHERE ST_DWithin(served.geom, asked.geom, {reach}) AND {conditions}
        ORDER BY distance_m, served.fid
        LIMIT {most}
    ) AS hit
)
