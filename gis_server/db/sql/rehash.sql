-- The columns changed, not what was delivered: without this the next load would take every row for a changed one.
UPDATE {served} SET hash = {hash};
UPDATE {history} SET hash = {hash};
