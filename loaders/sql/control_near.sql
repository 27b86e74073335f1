-- Features of a served layer near the middles of some squares, cut to them; of areas their borders.
SELECT ST_AsBinary(ST_ClipByBox2D(CASE ST_Dimension(served.geom) WHEN 2 THEN ST_Boundary(served.geom) ELSE served.geom END, near.box))
FROM (
    SELECT ST_Expand(ST_SetSRID(ST_MakePoint(x, y), (SELECT ST_SRID(geom) FROM {layer} LIMIT 1)), %(reach)s) AS box
    FROM unnest(%(x)s::float8[], %(y)s::float8[]) AS middle(x, y)
) AS near
JOIN {layer} AS served ON served.geom && near.box
LIMIT %(pieces)s
