-- Whether a row is left in a staging table.
SELECT EXISTS (SELECT FROM {staged})
