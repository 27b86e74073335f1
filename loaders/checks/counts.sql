-- How often each code was found in a layer, and for how many of them someone answers: in its own rows, or in relation to others.
SELECT found.code, found.field, count(*), count(*) FILTER (WHERE found.waived)
FROM {findings} AS found
WHERE found.layer = %(layer)s AND (left(found.code, 3) NOT IN ('ATT', 'GEO', 'RAS')) = %(relations)s
GROUP BY found.code, found.field
ORDER BY found.code, found.field
