-- The release that was the newest at a moment; 0 before the first.
SELECT coalesce(max(release), 0) FROM meta.release WHERE published_at <= $1
