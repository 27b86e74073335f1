(SELECT {id} AS layer, fid, {key} AS code FROM {rows} AS served WHERE {key} >= $1 AND {key} < $2 ORDER BY {key} LIMIT $3)
