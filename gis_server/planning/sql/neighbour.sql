-- Parcels along the edge of the shape: the length of the edge that runs within 5 cm of them.
(
    SELECT
        asked.n, {rule} AS rule, hit.fid, hit.born, hit.source, hit.properties,
        NULL::float8 AS area_m2, hit.length_m, 0::float8 AS distance_m, NULL::float8 AS width_m, NULL::float8 AS covered_m2
    FROM asked CROSS JOIN LATERAL (
        SELECT
            served.fid, {born} AS born, served.source,
            (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
            ST_Length(ST_Transform(
                ST_Intersection(ST_Boundary(asked.geom), ST_Buffer(served.geom, 0.05)), asked.srid
            )) AS length_m
        FROM {rows} AS served
        WHERE ST_DWithin(served.geom, asked.geom, 0.05) AND served.fid IS DISTINCT FROM asked.fid AND {conditions}
        ORDER BY length_m DESC, served.fid
        LIMIT {most}
    ) AS hit
    WHERE hit.length_m > 0.2
)
