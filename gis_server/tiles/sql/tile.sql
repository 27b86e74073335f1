-- One tile and the release it shows, in one statement and so in one snapshot. $1 = z, $2 = x, $3 = y.
-- The tile is one bytea per layer, joined by ||; MVT layers may simply be written one after another.
WITH placed AS MATERIALIZED (
    SELECT
        ST_TileEnvelope($1, $2, $3) AS envelope,
        ST_TileEnvelope($1, $2, $3, margin => {margin}) AS found,
        ST_TileEnvelope($1, $2, $3, margin => {area_margin}) AS near,
        ST_TileEnvelope($1, $2, $3, margin => 0.5) AS roomy
),
tile AS MATERIALIZED (
    SELECT
        envelope,
        found,
        near,
        roomy,
        ST_XMin(envelope) AS west,
        ST_YMax(envelope) AS north,
        (ST_XMax(envelope) - ST_XMin(envelope)) / {extent} AS unit,
        ARRAY(SELECT source FROM meta.source WHERE synthetic) AS synthetic
    FROM placed
)
SELECT
    (SELECT coalesce(max(release), 0) FROM meta.release) AS release,
    {layers} AS tile
