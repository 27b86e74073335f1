INSERT INTO meta.touched_seen (release, layer, seen, cells) VALUES (%(release)s, %(layer)s, %(seen)s, %(cells)s)
