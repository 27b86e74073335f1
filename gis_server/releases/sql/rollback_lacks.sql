-- How many old versions lack each field that is required today.
SELECT {lacks} FROM {changes} AS c JOIN {history} AS h ON h.fid = c.fid AND h.born = c.born
