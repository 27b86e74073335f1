-- Rows near a box in Web Mercator, gathered by what drawn things keep of them: fids, lengths of shapes, shapes, each in one string.
SELECT served.source, ({tags})::text, string_agg(int8send(served.fid), ''), string_agg(int4send(octet_length(shape)), ''), string_agg(shape, '')
FROM (
    SELECT served.source, served.fid, geometry_send(served.geom_3857) AS shape {by}
    FROM {rows} AS served
    WHERE served.geom_3857 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857)
    OFFSET 0  -- or a shape would be sent once more for its length
) AS served
GROUP BY served.source {by}
