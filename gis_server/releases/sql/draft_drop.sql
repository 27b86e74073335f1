DROP TABLE draft.{table}
