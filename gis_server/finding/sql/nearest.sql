(
    SELECT {id} AS layer, {kind} AS kind, served.fid, served.source, {words} AS name,
        ST_Distance(served.geom, ST_SetSRID(ST_MakePoint($1, $2), {srid})) AS distance_m
    FROM {rows} AS served
    WHERE {filled} AND ST_DWithin(served.geom, ST_SetSRID(ST_MakePoint($1, $2), {srid}), $3 * {reach})
    ORDER BY served.geom <-> ST_SetSRID(ST_MakePoint($1, $2), {srid}), served.fid
    LIMIT 1
)
