SELECT max(release) FROM meta.layer_state WHERE layer = %(layer)s
