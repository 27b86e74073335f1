-- How often each code was found in a layer: in its own rows, or in relation to other layers.
SELECT found.code, found.field, count(*)
FROM {findings} AS found
WHERE found.layer = %(layer)s AND (found.code LIKE 'REL%%') = %(relations)s
GROUP BY found.code, found.field
ORDER BY found.code, found.field
