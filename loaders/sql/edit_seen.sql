SELECT FROM {rows} AS seen WHERE fid = %(fid)s
