-- Shapes of the features $2 of one layer as they were in release $1, in degrees, thinned to what a small drawing can show.
SELECT ST_AsGeoJSON(ST_Transform(ST_SimplifyPreserveTopology(seen.geom, 1), 4326), 6, 0) AS shape
FROM (
    SELECT geom FROM {rows} AS served WHERE born <= $1 AND fid = ANY ($2::bigint[])
    UNION ALL
    SELECT geom FROM {ended} AS ended WHERE born <= $1 AND died > $1 AND fid = ANY ($2::bigint[])
) AS seen
