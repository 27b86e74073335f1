-- Rows with at least one finding of these codes that nobody answers for, by layer.
SELECT layer, count(DISTINCT row)
FROM {findings}
WHERE code = ANY (%(codes)s) AND NOT waived
GROUP BY layer
