-- Migrations keep the city's grids in PostGIS's table of coordinate systems.
GRANT SELECT, INSERT, UPDATE ON spatial_ref_sys TO bando_owner;
