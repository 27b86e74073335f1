-- In which release this source last changed a layer.
SELECT release FROM meta.layer_state WHERE layer = %(layer)s AND source = %(source)s
