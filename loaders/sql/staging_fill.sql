-- Rows that passed the gate before,, numbered anew for the checks that come again.
INSERT INTO {table} (_row, _feature, {columns}, geom)
SELECT row_number() OVER (), row_number() OVER (), {columns}, geom FROM {rows}
