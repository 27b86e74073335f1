-- Nothing is served of the layer yet, so there is nothing to compare with.
CREATE TEMPORARY TABLE {changes} ON COMMIT DROP AS
SELECT s.ctid AS place, {hash} AS hash, NULL::bigint AS fid FROM {staged} AS s
