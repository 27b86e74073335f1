-- Rows with a finding that is an error, and that nobody answers for, do not go on.
DELETE FROM {staged} AS staged
USING {findings} AS found
WHERE found.layer = %(layer)s AND found.row = staged._row AND found.code = ANY (%(errors)s) AND NOT found.waived
