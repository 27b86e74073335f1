-- The same for one or two letters: names that begin so, in their own order, of which the first few are taken unsorted.
SELECT name.name_id, name.layer, name.field, name.name, name.bare, name.toned, seen.place,
    CASE WHEN name.bare = $4 THEN 0 ELSE 1 END AS tier
FROM (
    SELECT * FROM meta.search_name WHERE bare COLLATE "C" >= $4 AND bare COLLATE "C" < $6
    ORDER BY bare COLLATE "C" LIMIT $5 * 10
) AS name
JOIN unnest($1::text[], $2::text[], $3::int[]) AS seen(layer, field, place) USING (layer, field)
ORDER BY tier, seen.place, length(name.bare), name.bare, name.name_id
LIMIT $5
