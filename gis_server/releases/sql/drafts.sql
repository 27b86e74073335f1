SELECT draft, made_at, who, note, path, load_id, release, source, layers
FROM draft.book
WHERE %(numbers)s::int[] IS NULL OR draft = ANY (%(numbers)s::int[])
ORDER BY draft
