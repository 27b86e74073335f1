SELECT EXISTS (SELECT FROM {served}) OR EXISTS (SELECT FROM {history}) AS has_rows,
       ARRAY(SELECT GeometryType(geom) FROM {served} UNION SELECT GeometryType(geom) FROM {history}) AS kinds,
       (SELECT coalesce(max(release), 0) FROM meta.release) AS release
