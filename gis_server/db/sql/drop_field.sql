-- Its requirement goes with it.
ALTER TABLE {served} DROP COLUMN {field};
ALTER TABLE {history} DROP COLUMN {field};
