-- Findings of the named objects that someone answers for.
UPDATE {findings} SET waived = true WHERE layer = %(layer)s AND code = %(code)s AND key = ANY (%(keys)s)
