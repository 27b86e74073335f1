-- The layer's rows are gone: nothing of it is served or drawn now. What was published stays on the books of its releases.
WITH state AS (DELETE FROM meta.layer_state WHERE layer = %(layer)s),
piece AS (DELETE FROM drawing.piece WHERE layer = %(layer)s),
tile AS (DELETE FROM drawing.tile WHERE layer = %(layer)s),
mark AS (DELETE FROM drawing.state WHERE layer = %(layer)s)
DELETE FROM meta.layer WHERE layer = %(layer)s
