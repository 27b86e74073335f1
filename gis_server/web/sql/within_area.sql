ST_Intersects(served.geom, (SELECT ST_Union(area.geom) FROM {rows} AS area WHERE area.fid = ANY ({fids}::bigint[])))
