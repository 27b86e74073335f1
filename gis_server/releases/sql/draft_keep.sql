-- Logged, unlike staging: a draft waits for days, and a crash must not empty it.
CREATE TABLE draft.{table} AS SELECT {columns} FROM {staged}
