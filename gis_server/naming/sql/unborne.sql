-- Of the names that lost a bearer, those that have none left.
DELETE FROM meta.search_name AS name
WHERE name_id = ANY (%(names)s)
    AND NOT EXISTS (SELECT FROM meta.search_entry AS entry WHERE entry.name_id = name.name_id)
