-- Three roles: the owner makes tables, the loader writes data, the reader reads what is served and nothing else.
-- A login that is not one of them becomes one by SET ROLE, so it must be a member.
DO $$
DECLARE
    needed text;
BEGIN
    FOREACH needed IN ARRAY ARRAY['bando_owner', 'bando_load', 'bando_read'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = needed) THEN
            EXECUTE format('CREATE ROLE %I', needed);
        END IF;
        IF NOT pg_has_role(needed, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', needed);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO bando_owner', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO bando_load', current_database());
END
$$;
