-- The first of the layers $1 whose rows of release $2 a migration has thrown away, if any.
SELECT min(gone.layer) FROM meta.loss AS gone
WHERE gone.layer = ANY ($1::text[]) AND gone.field IS NULL AND gone.release >= $2
AND EXISTS (SELECT FROM meta.release_layer AS was WHERE was.layer = gone.layer AND was.release <= $2)
