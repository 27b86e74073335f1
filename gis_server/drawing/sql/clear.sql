WITH removed AS (DELETE FROM drawing.piece WHERE layer = %(layer)s AND seen = %(seen)s),
ground AS (DELETE FROM drawing.ground WHERE layer = %(layer)s AND seen = %(seen)s)
DELETE FROM drawing.tile WHERE layer = %(layer)s AND seen = %(seen)s
