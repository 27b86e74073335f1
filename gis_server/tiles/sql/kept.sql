-- What a zoom of a layer shows of the whole: features in, features shown, things, and shares of area and length.
SELECT
    (SELECT sum(features_in) FROM drawing.tile WHERE layer = %(layer)s AND seen = %(seen)s)::bigint,
    coalesce(sum(features), 0)::bigint, coalesce(sum(things), 0)::bigint,
    coalesce(sum(area), 0) / nullif((SELECT sum(area_in) FROM drawing.tile WHERE layer = %(layer)s AND seen = %(seen)s), 0),
    coalesce(sum(length), 0) / nullif((SELECT sum(length_in) FROM drawing.tile WHERE layer = %(layer)s AND seen = %(seen)s), 0)
FROM drawing.tile
WHERE layer = %(layer)s AND seen = %(seen)s AND zoom = %(zoom)s
