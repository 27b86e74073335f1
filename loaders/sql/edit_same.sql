SELECT fid, source FROM {served} WHERE {same}
