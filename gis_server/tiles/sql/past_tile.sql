-- One tile as it was in an earlier release. $1 = z, $2 = x, $3 = y.
WITH placed AS MATERIALIZED (
    SELECT
        ST_TileEnvelope($1, $2, $3) AS envelope,
        ST_TileEnvelope($1, $2, $3, margin => {margin}) AS found,
        40075016.6855785 / 2 ^ $1 / {extent} AS unit
),
tile AS MATERIALIZED (
    SELECT
        envelope,
        unit,
        ST_Transform(ST_Segmentize(found, 256 * unit), {stored}) AS stored,
        ARRAY(SELECT source FROM meta.source WHERE synthetic) AS synthetic
    FROM placed
)
SELECT
    (SELECT coalesce(max(release), 0) FROM meta.release) AS release,
    {layers} AS tile
