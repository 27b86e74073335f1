-- The first of so many new fids; all of them where somebody else took some in between.
SELECT min(fid), CASE WHEN max(fid) - min(fid) + 1 <> count(*) THEN array_agg(fid) END
FROM (SELECT nextval('meta.fid') AS fid FROM generate_series(1, %(count)s)) AS taken
