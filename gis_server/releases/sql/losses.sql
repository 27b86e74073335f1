-- What migrations threw away of layers that were already published in release %(release)s.
SELECT layer, field, says, release FROM meta.loss
WHERE release >= %(release)s
AND layer IN (SELECT layer FROM meta.release_layer WHERE release <= %(release)s)
ORDER BY loss_id
