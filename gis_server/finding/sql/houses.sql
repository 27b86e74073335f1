-- House numbers on the streets $1: those written so or in the alley (any of $2), those that begin so ($3 to $4), and
-- neighbours in the same alley ($5 to $6); at most $7 of each kind and street.
SELECT street.name_id, house.fid, house.number, house.is_begun
FROM unnest($1::bigint[]) AS street(name_id)
CROSS JOIN LATERAL (
    (SELECT fid, number, false AS is_begun FROM meta.search_entry AS entry
     WHERE entry.name_id = street.name_id AND entry.number COLLATE "C" = ANY ($2::text[]) LIMIT $7)
    UNION ALL
    (SELECT fid, number, true FROM meta.search_entry AS entry
     WHERE entry.name_id = street.name_id AND entry.number COLLATE "C" > $3 AND entry.number COLLATE "C" < $4
     ORDER BY entry.number COLLATE "C" LIMIT $7)
    UNION ALL
    (SELECT fid, number, false FROM meta.search_entry AS entry
     WHERE entry.name_id = street.name_id AND entry.number COLLATE "C" >= $5 AND entry.number COLLATE "C" < $6
     ORDER BY entry.number COLLATE "C" LIMIT $7)
) AS house
