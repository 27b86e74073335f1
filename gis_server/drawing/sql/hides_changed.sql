-- Whether rows that a release began or ended are among those that some may not see.
SELECT
    EXISTS (SELECT FROM {served} AS served WHERE served.born = %(release)s AND ({condition}) IS NOT TRUE)
    OR EXISTS (SELECT FROM {history} AS served WHERE served.died = %(release)s AND ({condition}) IS NOT TRUE)
