SELECT published_at FROM meta.release WHERE release = $1
