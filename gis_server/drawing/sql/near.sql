-- Rows near a box in Web Mercator, with the fields that drawn things keep.
SELECT served.fid, served.source, ({tags})::text, served.geom_3857
FROM {rows} AS served
WHERE served.geom_3857 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857)
