SELECT {row} AS row, ST_AsBinary(staged.geom) AS shape, {name} AS name, {group} AS part
FROM {staged} AS staged
WHERE staged.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s) AND ST_Dimension(staged.geom) = 2
