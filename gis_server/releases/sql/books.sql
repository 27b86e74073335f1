-- Releases, newest first, with what each changed by layer.
SELECT release, published_at, who, note, (
    SELECT coalesce(jsonb_agg(jsonb_build_array(layer, source, added, changed, removed) ORDER BY layer, source), '[]')
    FROM meta.release_layer AS one WHERE one.release = release.release
) AS layers
FROM meta.release
ORDER BY release DESC LIMIT %(limit)s
