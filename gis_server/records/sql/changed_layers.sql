-- Which visible layers ($4) changed in which release after $1, from release $2 and layer $3 on, at most $5, up to release $6.
SELECT DISTINCT changed.release, changed.layer, released.published_at
FROM meta.release_layer AS changed JOIN meta.release AS released ON released.release = changed.release
WHERE changed.release > $1 AND changed.release <= $6 AND (changed.release, changed.layer) >= ($2, $3) AND changed.layer = ANY ($4::text[])
ORDER BY changed.release, changed.layer LIMIT $5
