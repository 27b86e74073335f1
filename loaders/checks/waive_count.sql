-- All findings of a code that someone answers for, unless there are more than he answers for.
UPDATE {findings} SET waived = true
WHERE
    layer = %(layer)s AND code = %(code)s
    AND (SELECT count(*) FROM {findings} WHERE layer = %(layer)s AND code = %(code)s) <= %(count)s
