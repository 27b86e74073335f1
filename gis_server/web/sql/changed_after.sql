-- Whether any of the layers $1 has changed after release $2.
SELECT EXISTS (SELECT FROM meta.release_layer WHERE layer = ANY ($1::text[]) AND release > $2)
