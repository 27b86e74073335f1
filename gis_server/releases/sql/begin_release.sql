INSERT INTO meta.release (release, who, note)
SELECT coalesce(max(release), 0) + 1, %(who)s, %(note)s FROM meta.release
RETURNING release, published_at
