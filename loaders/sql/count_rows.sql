-- Rows that are left in a staging table.
SELECT count(*) FROM {staged}
