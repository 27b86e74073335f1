-- Names in which something like $4 stands, the likest first: typing errors, a word too many, another order.
WITH found AS MATERIALIZED (
    SELECT *, word_similarity($4, bare) AS likeness, similarity($4, bare) AS whole
    FROM meta.search_name AS name WHERE $4 <% bare
)
SELECT name_id, layer, field, name, bare, toned, seen.place, whole,
    CASE WHEN whole >= 0.6 THEN 2 ELSE 3 END AS tier
FROM found JOIN unnest($1::text[], $2::text[], $3::int[]) AS seen(layer, field, place) USING (layer, field)
ORDER BY round((likeness + whole)::numeric, 1) DESC, seen.place, likeness + whole DESC, bare, name_id
LIMIT $5
