-- The features that outline the unit of the code $1; $2: whether it is a past one.
SELECT fid FROM {rows} AS served WHERE {code} = $1 AND ({until} IS NOT NULL) = $2
