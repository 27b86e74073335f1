-- By source: a feature that goes back to another source is removed from the one and added to the other.
SELECT source, sum(added)::bigint, sum(changed)::bigint, sum(removed)::bigint
FROM (
    SELECT begins AS source, (ends IS DISTINCT FROM begins)::int AS added, (ends IS NOT DISTINCT FROM begins)::int AS changed,
           0 AS removed
    FROM {changes} WHERE begins IS NOT NULL
    UNION ALL
    SELECT ends, 0, 0, 1 FROM {changes} WHERE ends IS NOT NULL AND ends IS DISTINCT FROM begins
) AS moved
GROUP BY source ORDER BY source
