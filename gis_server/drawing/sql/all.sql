-- All rows, with the fields that drawn things keep.
SELECT served.fid, served.source, ({tags})::text, served.geom_3857
FROM {rows} AS served
