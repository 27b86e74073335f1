-- In which release this source last changed each layer.
SELECT layer, release FROM meta.layer_state WHERE source = %(source)s
