-- Where an edit leaves the drawing as it is, its Web-Mercator copy stays to the last digit: else tiles would be drawn for nothing.
UPDATE {staged} AS staged
SET geom_3857 = served.geom_3857
FROM unnest(%(rows)s::bigint[], %(fids)s::bigint[]) AS edited (row, fid)
INNER JOIN {served} AS served USING (fid)
WHERE staged._row = edited.row AND staged.geom::bytea = served.geom::bytea
