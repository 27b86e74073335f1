-- What the maps of one subject show, lowest first. $1 = SRID of the maps, $2…$5 = west, south, east, north of each map in that
-- grid, $6 = the day of the release.
WITH framed AS MATERIALIZED (
    SELECT given.map::int - 1 AS map, ST_MakeEnvelope(given.west, given.south, given.east, given.north, $1) AS box
    FROM unnest($2::float8[], $3::float8[], $4::float8[], $5::float8[]) WITH ORDINALITY AS given(west, south, east, north, map)
)
SELECT shown.map, shown.place, shown.properties, shown.shape FROM ({pieces}) AS shown
ORDER BY shown.map, shown.place, shown.fid
