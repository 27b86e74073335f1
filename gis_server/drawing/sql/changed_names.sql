-- Names that the features of a release bear or bore. One more than the most that are asked for says that there are more.
SELECT DISTINCT name
FROM (
    SELECT {said} AS name FROM {served} AS served WHERE served.born = %(release)s
    UNION ALL
    SELECT {said} FROM {history} AS served WHERE served.died = %(release)s
) AS changed
WHERE name <> ''
LIMIT %(most)s + 1
