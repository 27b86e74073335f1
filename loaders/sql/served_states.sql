-- In which release a source last changed each layer of which it serves neither few nor very many rows.
SELECT layer, release FROM meta.layer_state WHERE source = %(source)s AND rows BETWEEN %(few)s AND %(most)s
