-- Rows that passed the gate before, numbered anew for the checks that come again; these ask for no hash.
INSERT INTO {table} (_row, _feature, hash, {columns}, geom)
SELECT row_number() OVER (), row_number() OVER (), 0, {columns}, geom FROM {rows}
