-- Features of which no row is left in any layer, by account line and by the code of their first finding.
SELECT lost.feature >> %(line_bits)s AS line, lost.code, count(*)
FROM (
    SELECT DISTINCT ON (found.feature) found.feature, found.code
    FROM {findings} AS found
    WHERE found.code = ANY (%(errors)s)
    ORDER BY found.feature, found.code
) AS lost
WHERE NOT EXISTS (SELECT FROM ({kept}) AS kept WHERE kept._feature = lost.feature) AND lost.feature <> ALL (%(held)s)
GROUP BY line, lost.code
