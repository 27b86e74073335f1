-- The names that features bore whose versions ended with this release.
WITH gone AS (
    DELETE FROM meta.search_entry
    WHERE fid IN (SELECT fid FROM {history} WHERE died = %(release)s)
    RETURNING name_id
)
SELECT coalesce(array_agg(DISTINCT name_id), '{{}}') FROM gone
