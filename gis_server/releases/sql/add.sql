-- A key that was served before gets its fid back. Sorting by geometry follows PostGIS's Hilbert curve,
-- so that neighbours on the map are neighbours on disk and in the numbering.
INSERT INTO {served} (fid, born, source, hash, {columns}, geom_3857, clearance)
SELECT coalesce(fid_before, nextval('meta.fid')), %(release)s, %(source)s, hash, {columns}, geom_3857, clearance
FROM (
    SELECT c.hash, {staged_columns}, {mercator} AS geom_3857, {clearance} AS clearance, before.fid AS fid_before
    FROM {changes} AS c JOIN {staged} AS s ON s.ctid = c.place
    LEFT JOIN LATERAL (SELECT h.fid FROM {history} AS h WHERE {same_key} LIMIT 1) AS before ON true
    WHERE c.fid IS NULL
    ORDER BY geom_3857
) AS added
