-- One tile of a grid beside Web Mercator's and the release it shows, in one statement and so in one snapshot.
-- $1 = matrix, $2 = column, $3 = row. “west”, “north”, “side” (of a tile of matrix 0) and “shown” (west, south, east, north)
-- are the grid's, in its system “srid”. Rows and what was drawn ahead are found by the drawn area's box in Web Mercator.
WITH sized AS MATERIALIZED (
    SELECT {side} / 2 ^ $1::int AS side
),
placed AS MATERIALIZED (
    SELECT
        side,
        ST_MakeEnvelope(
            {west} + $2::int * side, {north} - ($3::int + 1) * side, {west} + ($2::int + 1) * side, {north} - $3::int * side, {srid}
        ) AS envelope
    FROM sized
),
tile AS MATERIALIZED (
    SELECT
        envelope,
        side / {extent} AS unit,
        ST_Transform(
            ST_Segmentize(ST_Intersection(ST_Expand(envelope, side * {margin}), ST_MakeEnvelope({shown}, {srid})), side / 16), 3857
        ) AS found,
        ARRAY(SELECT source FROM meta.source WHERE synthetic) AS synthetic
    FROM placed
)
SELECT
    (SELECT coalesce(max(release), 0) FROM meta.release) AS release,
    {layers} AS tile
