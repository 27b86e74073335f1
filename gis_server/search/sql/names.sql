-- Names whose words begin with what was typed, best first. $1…$3: layer, field and place in the ranking of what the caller
-- sees; $4: what was typed, folded; $5: how many. Materialized, lest the names of each field be read one by one.
WITH found AS MATERIALIZED (
    SELECT *,
        CASE WHEN bare = $4 THEN 0 WHEN starts_with(bare, $4) OR right(bare, length($4)) = $4 THEN 1 ELSE 2 END AS tier
    FROM meta.search_name AS name WHERE {conditions}
)
SELECT name_id, layer, field, name, bare, toned, seen.place, tier
FROM found JOIN unnest($1::text[], $2::text[], $3::int[]) AS seen(layer, field, place) USING (layer, field)
ORDER BY tier, seen.place, length(bare), bare, name_id
LIMIT $5
