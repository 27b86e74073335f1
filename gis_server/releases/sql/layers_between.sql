SELECT DISTINCT layer FROM meta.release_layer WHERE release > %(after)s AND release <= %(upto)s ORDER BY layer
