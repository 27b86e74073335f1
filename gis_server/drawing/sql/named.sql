-- Rows that bear one of these names, or any name.
SELECT served.fid, served.source, ({tags})::text, served.geom_3857, {said}
FROM {rows} AS served
WHERE {said} <> '' AND (%(names)s::text[] IS NULL OR {said} = ANY (%(names)s))
