-- Rows near any of some boxes in Web Mercator, with the fields that drawn things keep; those near two are told twice.
SELECT served.fid, served.source, ({tags})::text, served.geom_3857
FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[]) AS given (west, south, east, north)
JOIN {rows} AS served ON served.geom_3857 && ST_MakeEnvelope(given.west, given.south, given.east, given.north, 3857)
