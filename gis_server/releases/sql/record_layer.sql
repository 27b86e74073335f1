-- The books of the release, and what is served now; answers how many rows of the layer that are, of all sources.
WITH recorded AS (
    INSERT INTO meta.release_layer (release, layer, source, added, changed, removed)
    VALUES (%(release)s, %(layer)s, %(source)s, %(added)s, %(changed)s, %(removed)s)
)
INSERT INTO meta.layer_state AS state (layer, source, rows, release)
VALUES (%(layer)s, %(source)s, %(added)s, %(release)s)
ON CONFLICT (layer, source) DO UPDATE
SET rows = state.rows + %(added)s - %(removed)s, release = excluded.release
RETURNING rows + (
    SELECT coalesce(sum(other.rows), 0)::bigint FROM meta.layer_state AS other
    WHERE other.layer = %(layer)s AND other.source <> %(source)s
)
