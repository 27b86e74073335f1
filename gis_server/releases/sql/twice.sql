-- Keys that stand more than once in the staged rows.
SELECT concat_ws(' · ', {key}) AS key FROM {staged} GROUP BY {key} HAVING count(*) > 1 ORDER BY {key} LIMIT %(limit)s
