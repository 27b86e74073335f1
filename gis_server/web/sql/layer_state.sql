-- What is served of each layer ($1): rows, newest release, sources, and the box of its index (longitude, latitude).
WITH served AS (
    SELECT
        state.layer,
        sum(state.rows)::bigint AS rows,
        max(state.release) AS release,
        max(released.published_at) AS published_at,
        jsonb_agg(jsonb_build_object(
            'id', source.source, 'title', jsonb_build_object('vi', source.title_vi, 'en', source.title_en),
            'licence', source.licence, 'attribution', source.attribution, 'synthetic', source.synthetic,
            'rows', state.rows, 'release', state.release
        ) ORDER BY state.rows DESC, source.source) AS sources
    FROM meta.layer_state AS state
    JOIN meta.source AS source ON source.source = state.source
    JOIN meta.release AS released ON released.release = state.release
    WHERE state.layer = ANY ($1::text[]) AND state.rows > 0
    GROUP BY state.layer
), boxed AS (
    SELECT
        served.*,
        ST_Transform(ST_SetSRID(ST_EstimatedExtent(
            split_part(served.layer, '.', 1), split_part(served.layer, '.', 2), 'geom_3857'
        )::geometry, 3857), 4326) AS box
    FROM served
)
SELECT layer, rows, release, published_at, sources,
    CASE WHEN box IS NOT NULL THEN ARRAY[ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)] END AS bounds
FROM boxed
