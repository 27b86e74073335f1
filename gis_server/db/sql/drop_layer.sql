DROP TABLE {served};
DROP TABLE {history};
