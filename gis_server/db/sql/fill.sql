-- Filling an empty layer: rows go into a twin table in `staging`, indexes are built after the rows, and the twin takes the
-- layer's place last. Three times faster than index first, and readers of the layer wait for a moment only. The loader may
-- not make tables, so these functions do it for it, with names from meta.layer alone.
DROP FUNCTION IF EXISTS meta.index_fill(text, text);

CREATE OR REPLACE FUNCTION meta.served_table(layer text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM meta.layer AS known WHERE known.layer = served_table.layer) THEN
        RAISE EXCEPTION 'no layer %', layer;
    END IF;
    RETURN format('%I.%I', split_part(layer, '.', 1), split_part(layer, '.', 2));
END
$$;

-- The twin has the layer's columns but for those that one release and one source give to all rows alike, and those of staging.
-- Its `_row` is the fid to be. It is an ordinary table: filled in the transaction that made it, it is not written to the log.
-- The layer's own table is not locked by it: reading a large delivery takes long, and others may publish meanwhile.
CREATE OR REPLACE FUNCTION meta.begin_fill(layer text, twin text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    served text := meta.served_table(layer);
    columns text;
BEGIN
    SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = served::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('fid', 'born', 'source')
    INTO columns;
    EXECUTE format('CREATE TABLE staging.%I (_row bigint, _feature bigint, _bad text, _marks text, %s)', twin, columns);
END
$$;

-- The layer's indexes that begin with one of these columns, as far as the twin has not got them. Two layers of one release
-- may have the same table name in two groups (power.cot_dien, base_settlement.cot_dien): the twin's indexes bear its name.
CREATE OR REPLACE FUNCTION meta.index_fill(layer text, twin text, columns text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part record;
BEGIN
    FOR part IN SELECT * FROM meta.indexes_of(meta.served_table(layer)) AS wanted
                WHERE wanted.first_column = ANY (columns) AND NOT EXISTS (
                    SELECT FROM meta.indexes_of(format('staging.%I', twin)) AS there
                    WHERE there.definition = replace(wanted.definition, '(fid)', '(_row)'))
    LOOP
        EXECUTE format('CREATE %s INDEX %I ON staging.%I USING %s', CASE WHEN part.is_unique THEN 'UNIQUE' END,
                       left(twin, 50) || ' ' || left(part.first_column, 10), twin, replace(part.definition, '(fid)', '(_row)'));
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION meta.indexes_of(whole_name text)
RETURNS TABLE (name name, definition text, first_column name, is_unique boolean, contype "char")
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT pg_class.relname, split_part(pg_get_indexdef(indexrelid), ' USING ', 2), attname, indisunique, pg_constraint.contype
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
    LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = indrelid
    WHERE indrelid = whole_name::regclass
$$;

-- Whatever is in staging; its tables belong to two roles.
CREATE OR REPLACE FUNCTION meta.drop_staged(tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY tables LOOP
        EXECUTE format('DROP TABLE IF EXISTS staging.%I', one);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION meta.analyze_staged(twin text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('ANALYZE staging.%I', twin);
END
$$;

-- What the layer's table forbids and its twin does not yet, in which a fid has another name before it is dressed.
CREATE OR REPLACE FUNCTION meta.lacking_rules(served regclass, twin regclass, fid name) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT string_agg(rule, ', ') FROM (
        SELECT format('ALTER %I SET NOT NULL', there.attname) AS rule FROM pg_attribute AS wanted
        JOIN pg_attribute AS there ON there.attrelid = twin
            AND there.attname = CASE wanted.attname WHEN 'fid' THEN fid ELSE wanted.attname END
        WHERE wanted.attrelid = served AND wanted.attnum > 0 AND wanted.attnotnull AND NOT there.attnotnull
            AND wanted.attname NOT IN ('born', 'source')
        UNION ALL
        SELECT format('ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint AS wanted
        WHERE conrelid = served AND contype = 'c'
            AND NOT EXISTS (SELECT FROM pg_constraint AS there WHERE there.conrelid = twin AND there.conname = wanted.conname)
    ) AS lacking
$$;

-- The layer's rules over rows that all keep them, in one reading: before the twin is published, while a core is free.
CREATE OR REPLACE FUNCTION meta.rule_fill(layer text, twin text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rules text := meta.lacking_rules(meta.served_table(layer)::regclass, format('staging.%I', twin)::regclass, '_row');
BEGIN
    IF rules IS NOT NULL THEN
        EXECUTE format('ALTER TABLE staging.%I %s', twin, rules);
    END IF;
END
$$;

-- The twin's columns and rules become the layer's, in one reading of its rows, or in none where `rule_fill` read them. Release
-- and source are written nowhere but in the table's description: PostgreSQL keeps the default of a column that is added later
-- for the rows that were there.
CREATE OR REPLACE FUNCTION meta.dress_fill(layer text, twin text, release integer, source text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rules text;
BEGIN
    EXECUTE format('ALTER TABLE staging.%I RENAME COLUMN _row TO fid', twin);
    rules := meta.lacking_rules(meta.served_table(layer)::regclass, format('staging.%I', twin)::regclass, 'fid');
    EXECUTE format('ALTER TABLE staging.%I DROP _feature, DROP _bad, DROP _marks, ADD born integer NOT NULL DEFAULT %s, '
                   'ADD source text NOT NULL DEFAULT %L%s', twin, release, source, ', ' || rules);
    EXECUTE format('ALTER TABLE staging.%I ALTER born DROP DEFAULT, ALTER source DROP DEFAULT, '
                   'ALTER fid SET DEFAULT nextval(''meta.fid'')', twin);
    PERFORM meta.index_fill(layer, twin, ARRAY['born']);
END
$$;

CREATE OR REPLACE FUNCTION meta.end_fill(layer text, twin text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    served text := meta.served_table(layer);
    house text := split_part(layer, '.', 1);
    part record;
    parts jsonb;
BEGIN
    SELECT jsonb_agg(to_jsonb(one)) FROM meta.indexes_of(served) AS one INTO parts;
    EXECUTE format('DROP TABLE %s', served);
    EXECUTE format('ALTER TABLE staging.%I SET SCHEMA %I', twin, house);
    EXECUTE format('ALTER TABLE %I.%I RENAME TO %I', house, twin, split_part(layer, '.', 2));
    FOR part IN SELECT there.name AS old, wanted.name AS new, wanted.contype FROM meta.indexes_of(served) AS there
                JOIN jsonb_to_recordset(parts) AS wanted (name text, definition text, contype text) USING (definition)
    LOOP
        IF part.contype IN ('p', 'u') THEN
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I', served, part.new,
                           CASE part.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, part.old);
        ELSE
            EXECUTE format('ALTER INDEX %I.%I RENAME TO %I', house, part.old, part.new);
        END IF;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION meta.analyze_layer(layer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('ANALYZE %s', meta.served_table(layer));
END
$$;

CREATE OR REPLACE FUNCTION meta.analyze_names() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    ANALYZE meta.search_name, meta.search_entry;
END
$$;

GRANT EXECUTE ON FUNCTION meta.begin_fill, meta.index_fill, meta.rule_fill, meta.dress_fill, meta.end_fill, meta.drop_staged, meta.analyze_staged,
    meta.analyze_layer, meta.analyze_names TO bando_load;
