-- Names that nothing bore before, among the rows born in this release or, without one, among all.
SELECT DISTINCT born_now.name
FROM (SELECT {words} AS name FROM {table} WHERE {field} IS NOT NULL AND {since}) AS born_now
WHERE born_now.name IS NOT NULL AND NOT EXISTS (
    SELECT FROM meta.search_name AS known
    WHERE known.layer = %(layer)s AND known.field = %(field)s AND known.name = born_now.name
)
