SELECT current_setting('server_version'), postgis_full_version(),
       (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)
