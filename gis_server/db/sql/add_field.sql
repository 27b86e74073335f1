ALTER TABLE {served} ADD COLUMN {field} {type};
ALTER TABLE {history} ADD COLUMN {field} {type};
