-- RAS-…: what reading found in the cells of a raster, each with a value and a point in the stored grid.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT
    %(layer)s, found.one ->> 'code', staged._row, staged._feature, NULL, found.one ->> 'value',
    ST_SetSRID(ST_MakePoint((found.one ->> 'x')::float8, (found.one ->> 'y')::float8), ST_SRID(staged.geom))
FROM {staged} AS staged
CROSS JOIN LATERAL jsonb_array_elements(staged._marks::jsonb) AS found (one)
WHERE staged._marks IS NOT NULL
