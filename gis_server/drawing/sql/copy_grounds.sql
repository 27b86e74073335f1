COPY drawing.ground (layer, seen, zoom, x, y, packed) FROM STDIN (FORMAT BINARY)
