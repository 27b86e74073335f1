INSERT INTO draft.book (who, note, path, load_id, release, source, layers)
SELECT %(who)s, %(note)s, %(path)s, %(load_id)s, coalesce(max(release), 0), %(source)s, '{}' FROM meta.release
RETURNING draft
