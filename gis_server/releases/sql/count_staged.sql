SELECT count(*) FROM {staged}
