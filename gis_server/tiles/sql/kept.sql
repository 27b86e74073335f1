-- What a zoom of a layer shows of the whole: features in, features shown, things, and shares of area and length.
SELECT
    (SELECT sum(features_in) FROM drawing.tile WHERE layer = %(layer)s AND seen = %(seen)s)::bigint,
    sum(features)::bigint, sum(things)::bigint,
    sum(area) / nullif((SELECT sum(area_in) FROM drawing.tile WHERE layer = %(layer)s AND seen = %(seen)s), 0),
    sum(length) / nullif((SELECT sum(length_in) FROM drawing.tile WHERE layer = %(layer)s AND seen = %(seen)s), 0)
FROM drawing.tile
WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s
