-- Whether a migration has thrown away the rows that the layer $1 had in release $2.
SELECT EXISTS (
    SELECT FROM meta.loss AS gone
    WHERE gone.layer = $1 AND gone.field IS NULL AND gone.release >= $2
    AND EXISTS (SELECT FROM meta.release_layer AS was WHERE was.layer = $1 AND was.release <= $2)
)
