-- Features of a served layer that touch some squares, cut to their neighbourhood where they are long; of areas the borders.
SELECT ST_AsBinary(CASE WHEN ST_NPoints(line) > 200 THEN ST_ClipByBox2D(line, box) ELSE line END)
FROM (
    SELECT CASE ST_Dimension(served.geom) WHEN 2 THEN ST_Boundary(served.geom) ELSE served.geom END AS line, near.box
    FROM (
        SELECT ST_MakeEnvelope(x, y, x + %(side)s, y + %(side)s, %(srid)s) AS box
        FROM unnest(%(x)s::float8[], %(y)s::float8[]) AS corner(x, y)
    ) AS near
    JOIN {layer} AS served ON served.geom && near.box
    LIMIT %(pieces)s
) AS found
