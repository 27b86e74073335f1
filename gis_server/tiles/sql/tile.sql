-- One tile and the release it shows, in one statement and so in one snapshot. $1 = z, $2 = x, $3 = y.
-- The tile is one bytea per layer, joined by ||; MVT layers may simply be written one after another.
WITH tile AS MATERIALIZED (
    SELECT
        ST_TileEnvelope($1, $2, $3) AS envelope,
        ST_TileEnvelope($1, $2, $3, margin => {margin}) AS found,
        40075016.6855785 / 2 ^ $1 / {extent} AS unit,
        ARRAY(SELECT source FROM meta.source WHERE synthetic) AS synthetic
)
SELECT
    (SELECT coalesce(max(release), 0) FROM meta.release) AS release,
    {layers} AS tile
