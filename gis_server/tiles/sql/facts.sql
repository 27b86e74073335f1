-- What tells one database and one state of it from another, beside the number of its newest release. $1 = a release.
SELECT
    (SELECT published_at::text FROM meta.release WHERE release = $1) AS published,
    jsonb_build_object(
        'published', (SELECT published_at::text FROM meta.release ORDER BY release DESC LIMIT 1),
        'losses', (SELECT coalesce(max(loss_id), 0) FROM meta.loss),
        'synthetic', (SELECT coalesce(jsonb_object_agg(source, synthetic), '{}') FROM meta.source)
    )::text AS mark
