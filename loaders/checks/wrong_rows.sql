-- Rows with at least one error.
SELECT count(*) FROM (SELECT DISTINCT layer, row FROM {findings} WHERE code = ANY (%(errors)s)) AS wrong
