-- REL-06: the drawing's area is not the recorded one.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT
    %(layer)s, 'REL-06', staged._row, staged._feature, %(field)s,
    format('%%s ≠ %%s m²', round((staged.{said} * %(unit_m2)s)::numeric, 1), round(ST_Area(staged.geom)::numeric, 1)), ST_PointOnSurface(staged.geom)
FROM {staged} AS staged
WHERE
    staged._row = ANY (%(rows)s) AND ST_Dimension(staged.geom) = 2
    AND abs(ST_Area(staged.geom) - staged.{said} * %(unit_m2)s) > greatest(%(share)s * staged.{said} * %(unit_m2)s, %(least_m2)s)
