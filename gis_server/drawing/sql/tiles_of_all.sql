SELECT x, y FROM drawing.tile WHERE layer = %(layer)s AND seen = '' AND zoom = %(zoom)s
