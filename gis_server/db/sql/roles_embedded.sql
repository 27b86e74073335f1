-- In the embedded cluster the roles log in themselves: the reader has no way back to a stronger role.
ALTER ROLE bando_owner LOGIN;
ALTER ROLE bando_load LOGIN;
ALTER ROLE bando_read LOGIN;
ALTER ROLE bando_read SET default_transaction_read_only = on;
