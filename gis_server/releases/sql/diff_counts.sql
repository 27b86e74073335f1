-- How many features were added, changed and removed between two states, and in how many each field differs.
SELECT count(*) FILTER (WHERE o.hash IS NULL), count(*) FILTER (WHERE o.hash IS NOT NULL AND n.hash IS NOT NULL),
       count(*) FILTER (WHERE n.hash IS NULL), {fields}
FROM ({old}) AS o FULL JOIN ({new}) AS n USING ({key})
WHERE o.hash IS DISTINCT FROM n.hash OR o.source IS DISTINCT FROM n.source
