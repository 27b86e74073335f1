INSERT INTO meta.touched (release, layer, cells) VALUES (%(release)s, %(layer)s, %(cells)s)
