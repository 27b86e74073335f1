-- The rows of a page of a box: their numbers first, which the index of shapes gives, in order; then a row at a time, and no
-- more of them than the page takes. None where there are too many to be gathered first.
(
    WITH near AS MATERIALIZED (
        SELECT served.fid FROM {table} AS served WHERE {near} AND served.fid > $1 LIMIT {most}
    )
    SELECT one.*
    FROM (SELECT fid FROM near WHERE (SELECT count(*) FROM near) < {most} ORDER BY fid) AS found
    CROSS JOIN LATERAL (SELECT * FROM {rows} AS any_row WHERE any_row.fid = found.fid) AS one
    ORDER BY found.fid
)
