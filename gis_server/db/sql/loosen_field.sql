ALTER TABLE {served} DROP CONSTRAINT {required};
