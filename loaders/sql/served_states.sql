-- In which release a source last changed each of some layers: of those of which it serves neither few rows nor, with
-- those of the smaller ones, more than can be kept.
SELECT layer, release, rows
FROM (
    SELECT layer, release, rows, sum(rows) OVER (ORDER BY rows, layer) AS together
    FROM meta.layer_state WHERE source = %(source)s AND layer = ANY (%(layers)s) AND rows >= %(few)s
) AS known
WHERE together <= %(most)s
ORDER BY layer
