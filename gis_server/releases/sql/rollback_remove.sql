DELETE FROM {served} AS t USING {changes} AS c WHERE t.fid = c.fid
