-- Bytes of some tables, in their order.
SELECT pg_table_size(name::regclass)
FROM unnest(%(tables)s::text[]) WITH ORDINALITY AS wanted (name, place)
ORDER BY place
