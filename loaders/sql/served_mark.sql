-- What tells a release and the table of a layer from those of another database, or of the table as it was before a
-- migration; and whether it is the release in which a source last changed the layer.
SELECT md5(concat_ws(' ', extract(epoch FROM published_at), to_regclass(format('%%I.%%I', split_part(layer, '.', 1), split_part(layer, '.', 2)))::oid,
                     %(hash)s::integer, definition)),
       EXISTS (SELECT FROM meta.layer_state AS state
               WHERE state.layer = known.layer AND state.source = %(source)s AND state.release = %(release)s)
FROM meta.release, meta.layer AS known
WHERE release = %(release)s AND layer = %(layer)s
