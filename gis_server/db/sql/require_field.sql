-- Rows from before the rule are left as they are; every row written from the next release on obeys it.
ALTER TABLE {served} ADD CONSTRAINT {required} CHECK ({field} IS NOT NULL OR born <= {release});
