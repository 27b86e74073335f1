-- Whether the served rows that a delivery does not bring unchanged have a value that is in no other row of it.
SELECT EXISTS (
    SELECT
    FROM (
        SELECT {value} AS value FROM {served} WHERE fid = ANY (%(rest)s) GROUP BY {value} HAVING count(*) >= %(least)s
    ) AS rest
    WHERE
        value IS NOT NULL AND NOT EXISTS (SELECT FROM {staged} WHERE {value} = rest.value)
        AND NOT EXISTS (SELECT FROM {served} WHERE source = %(source)s AND {value} = rest.value AND fid <> ALL (%(rest)s))
)
