-- As `surfaces`, of the rows that were not sent, since they are served as they came; the row is told by its fid.
SELECT -2 - staged.fid AS row, ST_AsBinary(staged.geom) AS shape, {name} AS name, {group} AS part
FROM {served} AS staged
WHERE
    staged.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s) AND ST_Dimension(staged.geom) = 2
    AND staged.source = {source} AND staged.fid <> ALL ({rest})
