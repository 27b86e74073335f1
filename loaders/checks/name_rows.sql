-- Each finding's key, while the row it is about is still there.
UPDATE {findings} AS found
SET key = left(concat_ws(', ', {shown}), 120)
FROM {staged} AS staged
WHERE found.layer = %(layer)s AND found.key IS NULL AND found.row = staged._row
