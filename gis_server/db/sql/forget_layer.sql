-- The layer's rows are gone: nothing of it is served, drawn or found now. What was published stays on the books of its releases.
WITH state AS (DELETE FROM meta.layer_state WHERE layer = %(layer)s),
kept_names AS (DELETE FROM meta.search_rule WHERE layer = %(layer)s),
piece AS (DELETE FROM drawing.piece WHERE layer = %(layer)s),
tile AS (DELETE FROM drawing.tile WHERE layer = %(layer)s),
ground AS (DELETE FROM drawing.ground WHERE layer = %(layer)s),
label AS (DELETE FROM drawing.label WHERE layer = %(layer)s),
mark AS (DELETE FROM drawing.state WHERE layer = %(layer)s)
DELETE FROM meta.layer WHERE layer = %(layer)s
