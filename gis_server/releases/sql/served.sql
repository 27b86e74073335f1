-- What is served of each layer now, over all its sources.
SELECT layer, sum(rows)::bigint AS rows, max(release) AS release, max(published_at) AS published_at,
       bool_or(synthetic AND rows > 0) AS synthetic
FROM meta.layer_state JOIN meta.release USING (release) JOIN meta.source USING (source)
GROUP BY layer
