-- Features with an error in one of their rows.
SELECT DISTINCT feature FROM {findings} WHERE code = ANY (%(errors)s) AND feature IS NOT NULL
