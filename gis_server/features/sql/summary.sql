-- How much of a layer lies in the shape $1 (WKB in the stored grid), by class, at most $2 classes; $3… = values of “conditions”.
-- What only touches the shape from outside is not in it. Lengths and areas are those of the stored grid, in metres.
SELECT
    class,
    count(*) AS count,
    count(*) FILTER (WHERE source = ANY (ARRAY(SELECT source FROM meta.source WHERE synthetic))) AS synthetic,
    coalesce(sum(ST_Area(inside)) FILTER (WHERE dimension = 2), 0) AS area_m2,
    coalesce(sum(ST_Length(inside)) FILTER (WHERE dimension = 1), 0) AS length_m
FROM (
    SELECT
        {by} AS class, served.source, ST_Dimension(served.geom) AS dimension,
        CASE
            WHEN ST_Within(served.geom, ST_GeomFromWKB($1, {srid})) THEN served.geom
            ELSE ST_Intersection(served.geom, ST_GeomFromWKB($1, {srid}))
        END AS inside
    FROM {rows} AS served
    WHERE ST_Intersects(served.geom, ST_GeomFromWKB($1, {srid})) AND {conditions}
) AS cut
WHERE ST_Dimension(inside) = dimension
GROUP BY class
ORDER BY count DESC, class
LIMIT $2
