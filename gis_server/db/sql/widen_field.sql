ALTER TABLE {served} ALTER COLUMN {field} TYPE {type};
ALTER TABLE {history} ALTER COLUMN {field} TYPE {type};
