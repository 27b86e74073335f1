-- Whether another source serves rows of a layer.
SELECT EXISTS (SELECT FROM meta.layer_state WHERE layer = %(layer)s AND source <> %(source)s AND rows > 0)
