-- What this server is, and what of ours is already there.
SELECT
    current_setting('server_version_num')::int / 10000 AS major,
    current_setting('server_encoding') AS encoding,
    (SELECT extversion FROM pg_extension WHERE extname = 'postgis') AS postgis,
    (SELECT installed_version IS NOT NULL FROM pg_available_extensions WHERE name = 'pg_trgm') AS trigrams,
    (SELECT default_version FROM pg_available_extensions WHERE name = 'postgis') AS postgis_available,
    (SELECT count(*) FROM pg_roles WHERE rolname IN ('bando_owner', 'bando_load', 'bando_read')) AS roles,
    (SELECT bool_and(has_database_privilege(oid, current_database(), 'CREATE'))
     FROM pg_roles WHERE rolname = 'bando_owner') AS rights,
    (SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'meta') AS meta,
    current_user AS login
