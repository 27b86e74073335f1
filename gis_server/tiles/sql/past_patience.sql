-- Until the end of the transaction a statement may take four times as long as others may.
SELECT set_config('statement_timeout', (4 * setting::bigint)::text, true) FROM pg_settings WHERE name = 'statement_timeout'
