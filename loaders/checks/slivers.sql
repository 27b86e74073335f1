-- GEO-12: a surface narrower on average than a person can draw: what overlays leave behind.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT
    %(layer)s, 'GEO-12', staged._row, staged._feature, NULL,
    format('%%s m², %%s m', round(ST_Area(staged.geom)::numeric, 3), round((2 * ST_Area(staged.geom) / ST_Perimeter(staged.geom))::numeric, 3)),
    ST_PointOnSurface(staged.geom)
FROM {staged} AS staged
WHERE
    staged._row = ANY (%(rows)s) AND ST_Dimension(staged.geom) = 2 AND 2 * ST_Area(staged.geom) < %(width_m)s * ST_Perimeter(staged.geom)
    AND NOT EXISTS (
        SELECT FROM {findings} AS known WHERE known.layer = %(layer)s AND known.code = 'GEO-01' AND known.row = staged._row
    )
