-- One layer of one map, cut at the frame.
(
    SELECT
        {map} AS map, {place} AS place, served.fid,
        (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
        ST_AsGeoJSON(ST_ClipByBox2D(ST_Transform(served.geom, $1), framed.box::box2d), 2, 0) AS shape
    FROM framed JOIN {rows} AS served ON served.geom && ST_Transform(framed.box, {srid})
    WHERE framed.map = {map} AND {conditions}
    ORDER BY served.fid
    LIMIT 1500
)
