COPY drawing.piece (layer, seen, zoom, x, y, fid, stands_for, source, tags, geom) FROM STDIN (FORMAT BINARY)
