-- Rasters under the shape, the finest and newest first; what their cells say is read from the files.
(
    SELECT
        asked.n, {rule} AS rule, hit.fid, hit.born, hit.source, hit.properties,
        NULL::float8 AS area_m2, NULL::float8 AS length_m, 0::float8 AS distance_m, NULL::float8 AS width_m, NULL::float8 AS covered_m2
    FROM asked CROSS JOIN LATERAL (
        SELECT
            served.fid, {born} AS born, served.source,
            (SELECT row_to_json(properties)::text FROM (
                SELECT {columns}, served.sha256 AS {cells_of}, served.luoi AS {grid_of}
            ) AS properties) AS properties
        FROM {rows} AS served
        WHERE ST_Intersects(served.geom, asked.geom) AND served.sha256 IS NOT NULL AND {conditions}
        ORDER BY served.do_phan_giai, served.ngay DESC NULLS LAST, served.fid
        LIMIT {most}
    ) AS hit
)
