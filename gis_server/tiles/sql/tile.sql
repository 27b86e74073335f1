-- One tile and the release it shows, in one statement and so in one snapshot. $1 = z, $2 = x, $3 = y.
-- The tile is one bytea per layer, joined by ||; MVT layers may simply be written one after another.
WITH placed AS MATERIALIZED (
    SELECT
        ST_TileEnvelope($1, $2, $3) AS envelope,
        ST_TileEnvelope($1, $2, $3, margin => {margin}) AS found,
        ST_TileEnvelope($1, $2, $3, margin => {area_margin}) AS near,
        ST_TileEnvelope($1, $2, $3, margin => 0.5) AS roomy,
        40075016.6855785 / 2 ^ $1 / {extent} AS unit
),
tile AS MATERIALIZED (
    SELECT
        envelope,
        found,
        near,
        roomy,
        unit,
        1 / unit AS per_metre,
        -ST_XMin(envelope) / unit AS rightwards,
        ST_YMax(envelope) / unit AS downwards,
        ARRAY(SELECT source FROM meta.source WHERE synthetic) AS synthetic
    FROM placed
)
SELECT
    (SELECT coalesce(max(release), 0) FROM meta.release) AS release,
    {layers} AS tile
