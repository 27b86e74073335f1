COPY drawing.tile (layer, seen, zoom, x, y, digest, things, places, features_in, area_in, length_in, features, area, length) FROM STDIN (FORMAT BINARY)
