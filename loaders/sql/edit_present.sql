-- Features as they are served now, as far as the editor sees them.
SELECT fid, born, source, {version}, ST_AsBinary(geom), {columns} FROM {rows} AS seen WHERE fid = ANY (%(fids)s)
