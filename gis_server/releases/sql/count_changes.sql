SELECT count(*) FILTER (WHERE fid IS NULL) AS added,
       count(*) FILTER (WHERE fid IS NOT NULL AND place IS NOT NULL) AS changed,
       count(*) FILTER (WHERE place IS NULL) AS removed
FROM {changes}
