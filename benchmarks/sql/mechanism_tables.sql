-- The parcels as they were delivered (VN-2000, in no order), then in Web Mercator, then that in Hilbert order (as PostGIS sorts).
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;
CREATE TABLE peer.delivered AS SELECT fid, {columns}, geom FROM {table} ORDER BY md5(fid::text);
CREATE TABLE peer.stored AS SELECT fid, {columns}, geom_3857 FROM {table} ORDER BY md5(fid::text);
CREATE TABLE peer.ordered AS SELECT fid, {columns}, geom_3857 FROM {table} ORDER BY geom_3857;
CREATE INDEX ON peer.delivered USING gist (geom);
CREATE INDEX ON peer.stored USING gist (geom_3857);
CREATE INDEX ON peer.ordered USING gist (geom_3857);
GRANT USAGE ON SCHEMA peer TO bando_read;
GRANT SELECT ON ALL TABLES IN SCHEMA peer TO bando_read;
ANALYZE peer.delivered;
ANALYZE peer.stored;
ANALYZE peer.ordered;
