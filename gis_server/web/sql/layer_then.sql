-- What was served of each layer ($1) in release $2, in the shape of layer_state; boxes of then are not kept.
WITH told AS (
    SELECT layer, source, sum(added - removed)::bigint AS rows, max(release) AS release
    FROM meta.release_layer
    WHERE layer = ANY ($1::text[]) AND release <= $2
    GROUP BY layer, source
)
SELECT
    told.layer,
    sum(told.rows)::bigint AS rows,
    max(told.release) AS release,
    max(released.published_at) AS published_at,
    jsonb_agg(jsonb_build_object(
        'id', source.source, 'title', jsonb_build_object('vi', source.title_vi, 'en', source.title_en),
        'licence', source.licence, 'attribution', source.attribution, 'synthetic', source.synthetic,
        'rows', told.rows, 'release', told.release
    ) ORDER BY told.rows DESC, source.source) AS sources,
    NULL::float8[] AS bounds
FROM told
JOIN meta.source AS source ON source.source = told.source
JOIN meta.release AS released ON released.release = told.release
WHERE told.rows > 0
GROUP BY told.layer
