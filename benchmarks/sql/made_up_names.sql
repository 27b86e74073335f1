-- Rows with made-up names or addresses, spread over 40 by 40 km of the stored grid.
DROP TABLE IF EXISTS {staged};
CREATE UNLOGGED TABLE {staged} AS SELECT {fields}, geom FROM {served} WHERE false;
INSERT INTO {staged} ("maNhanDang", {field}, geom)
SELECT 'do:' || row, {number} || given.name, ST_SetSRID({shape}, 9210)
FROM generate_series(1, {rows}) AS row
JOIN unnest({names}::text[]) WITH ORDINALITY AS given(name, place) ON given.place = 1 + row % {count},
    LATERAL (SELECT 580000 + (row::bigint * 7919) % 40000 AS x, 1170000 + (row::bigint * 104729) % 40000 AS y) AS spot
