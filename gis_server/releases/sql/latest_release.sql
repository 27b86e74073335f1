SELECT coalesce(max(release), 0) FROM meta.release
