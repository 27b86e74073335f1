"""The database: the embedded PostGIS cluster or an existing server, its roles, and tables made from the catalog."""
