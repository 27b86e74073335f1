-- What tipg is given: the parcels that the public sees, with the same fields. For its pages degrees, indexed; for its tiles the
-- table that we serve, with VN-2000 shapes, and a copy with Web Mercator in Hilbert order (as PostGIS sorts), so that it
-- never has to move a point.
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;
CREATE TABLE peer.items AS
SELECT fid, {columns}, source, ST_Transform(geom, 4326)::geometry(Geometry, 4326) AS geom FROM {rows} AS seen ORDER BY fid;
CREATE TABLE peer.tiles AS
SELECT fid, {tile_columns}, geom_3857::geometry(Geometry, 3857) AS geom FROM {rows} AS seen ORDER BY geom;
CREATE VIEW peer.served AS SELECT fid, {tile_columns}, geom::geometry(Geometry, 9210) AS geom FROM {rows} AS seen;
ALTER TABLE peer.items ADD PRIMARY KEY (fid);
ALTER TABLE peer.tiles ADD PRIMARY KEY (fid);
CREATE INDEX ON peer.items USING gist (geom);
CREATE INDEX ON peer.tiles USING gist (geom);
GRANT USAGE ON SCHEMA peer TO bando_read;
GRANT SELECT ON ALL TABLES IN SCHEMA peer TO bando_read;
ANALYZE peer.items;
ANALYZE peer.tiles;
