-- Names whose words begin with what was typed, best first. $1…$3: layer, field and place in the ranking of what the caller
-- sees; $4 to $5: bounds of the names that begin with it; $6: how many. Of those that begin so the first of each field are
-- taken, of the others the first thousands: where more fit, more letters are to come.
WITH begun AS MATERIALIZED (
    SELECT name.*, seen.place
    FROM unnest($1::text[], $2::text[], $3::int[]) AS seen(layer, field, place)
    CROSS JOIN LATERAL (
        SELECT * FROM meta.search_name AS name
        WHERE name.layer = seen.layer AND name.field = seen.field
            AND name.bare COLLATE "C" >= $4 AND name.bare COLLATE "C" < $5 AND {marks}
        ORDER BY name.bare COLLATE "C" LIMIT $6
    ) AS name
), having_all AS MATERIALIZED (
    SELECT name.*, seen.place
    FROM meta.search_name AS name JOIN unnest($1::text[], $2::text[], $3::int[]) AS seen(layer, field, place) USING (layer, field)
    WHERE {words} AND {marks} AND NOT starts_with(name.bare, $4) LIMIT 1500
), found AS (
    SELECT name_id, layer, field, name, bare, toned, place FROM begun
    UNION ALL
    SELECT name_id, layer, field, name, bare, toned, place FROM having_all
)
SELECT name_id, layer, field, name, bare, toned, place,
    CASE WHEN bare = $4 THEN 0 WHEN starts_with(bare, $4) OR right(bare, length($4)) = $4 THEN 1 ELSE 2 END AS tier
FROM found
ORDER BY tier, place, length(bare), bare, name_id
LIMIT $6
