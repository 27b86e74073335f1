-- Which visible layers ($3) changed in the releases after $1 up to $2, the newest first; counts are of whole layers.
SELECT
    changed.release, changed.layer, released.published_at,
    sum(changed.added)::bigint AS added, sum(changed.changed)::bigint AS changed, sum(changed.removed)::bigint AS removed
FROM meta.release_layer AS changed JOIN meta.release AS released ON released.release = changed.release
WHERE changed.release > $1 AND changed.release <= $2 AND changed.layer = ANY ($3::text[])
GROUP BY changed.release, changed.layer, released.published_at
ORDER BY changed.release DESC, changed.layer
