-- Names whose words begin with what was typed, best first. $1…$3: layer, field and place in the ranking of what the caller
-- sees; $4: what was typed, folded; $5: how many.
SELECT name.name_id, name.layer, name.field, name.name, name.bare, name.toned, seen.place,
    CASE WHEN name.bare = $4 THEN 0 WHEN starts_with(name.bare, $4) OR right(name.bare, length($4)) = $4 THEN 1 ELSE 2 END AS tier
FROM meta.search_name AS name
JOIN unnest($1::text[], $2::text[], $3::int[]) AS seen(layer, field, place) USING (layer, field)
WHERE {conditions}
ORDER BY tier, seen.place, length(name.bare), name.bare, name.name_id
LIMIT $5
