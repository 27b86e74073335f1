-- What is drawn of all rows of a layer now, at each zoom, on the books of a release.
INSERT INTO meta.drawing (release, layer, zoom, features_in, area_in, length_in, features, things, area, length)
SELECT
    %(release)s, layer, zoom,
    sum(sum(features_in)) OVER (), sum(sum(area_in)) OVER (), sum(sum(length_in)) OVER (),
    sum(features), sum(things), sum(area), sum(length)
FROM drawing.tile
WHERE layer = %(layer)s AND seen = ''
GROUP BY layer, zoom
ON CONFLICT (release, layer, zoom) DO UPDATE
SET features_in = excluded.features_in, area_in = excluded.area_in, length_in = excluded.length_in,
    features = excluded.features, things = excluded.things, area = excluded.area, length = excluded.length
