-- Names in which something like $4 stands, the likest first: typing errors, a word too many, another order.
SELECT name.name_id, name.layer, name.field, name.name, name.bare, name.toned, seen.place, 3 AS tier
FROM meta.search_name AS name
JOIN unnest($1::text[], $2::text[], $3::int[]) AS seen(layer, field, place) USING (layer, field)
WHERE $4 <% name.bare
ORDER BY word_similarity($4, name.bare) DESC, similarity($4, name.bare) DESC, seen.place, name.bare, name.name_id
LIMIT $5
