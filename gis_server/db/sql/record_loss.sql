-- No rollback may promise what is gone from here on.
INSERT INTO meta.loss (release, layer, field, says)
SELECT coalesce(max(release), 0), %(layer)s, %(field)s, %(says)s FROM meta.release
