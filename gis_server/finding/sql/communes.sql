-- Codes of the communes that numbered the sheets: from each, one step along the key's index leads to the next.
WITH RECURSIVE found AS (
    SELECT min({commune}) AS code FROM {rows} AS served
    UNION ALL
    SELECT (SELECT min({commune}) FROM {rows} AS served WHERE {commune} > found.code) FROM found WHERE code IS NOT NULL
)
SELECT code FROM found WHERE code IS NOT NULL
