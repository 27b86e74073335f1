-- The same for a twin table, whose rows are all of one release and one source.
INSERT INTO {twin} (_row, hash, {columns}, geom_3857, clearance)
SELECT coalesce(fid_before, nextval('meta.fid')), hash, {columns}, geom_3857, clearance
FROM (
    SELECT c.hash, {staged_columns}, {mercator} AS geom_3857, {clearance} AS clearance, before.fid AS fid_before
    FROM {changes} AS c JOIN {staged} AS s ON s.ctid = c.place
    LEFT JOIN LATERAL (SELECT h.fid FROM {history} AS h WHERE {same_key} LIMIT 1) AS before ON true
    ORDER BY geom_3857
) AS added
