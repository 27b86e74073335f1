-- Lines around a box in degrees, thinned to what a small map can show.
SELECT ST_AsGeoJSON(ST_Transform(ST_SimplifyPreserveTopology(near.geom, 3), 4326), 6, 0)
FROM (
    SELECT geom FROM {table}
    WHERE geom && ST_Expand(ST_Transform(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326), 9210), 300)
    LIMIT 5000
) AS near
