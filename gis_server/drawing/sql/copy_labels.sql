COPY drawing.label (layer, seen, low, high, x, y, fid, source, tags, name, geom) FROM STDIN (FORMAT BINARY)
