-- Filling an empty layer: rows go into a twin table, indexes are built after the rows, and the twin takes the layer's place
-- last. Three times faster than index first, and readers of the layer wait for a moment only. The loader may not make
-- tables, so these functions do it for it, with names from meta.layer alone.
CREATE OR REPLACE FUNCTION meta.served_table(layer text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM meta.layer AS known WHERE known.layer = served_table.layer) THEN
        RAISE EXCEPTION 'no layer %', layer;
    END IF;
    RETURN format('%I.%I', split_part(layer, '.', 1), split_part(layer, '.', 2));
END
$$;

CREATE OR REPLACE FUNCTION meta.begin_fill(layer text, twin text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TABLE meta.%I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                   twin, meta.served_table(layer));
END
$$;

-- Two layers of one release may have the same table name in two groups (power.cot_dien, base_settlement.cot_dien): while
-- their twins stand side by side, constraints and indexes bear the twin's name; end_fill gives them the layer's again.
CREATE OR REPLACE FUNCTION meta.index_fill(layer text, twin text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    served text := meta.served_table(layer);
    part record;
BEGIN
    FOR part IN SELECT row_number() OVER () AS nth, pg_get_constraintdef(oid) AS definition FROM pg_constraint
                WHERE conrelid = served::regclass AND contype IN ('p', 'u')
    LOOP
        EXECUTE format('ALTER TABLE meta.%I ADD CONSTRAINT %I %s', twin, twin || ' ' || part.nth, part.definition);
    END LOOP;
    FOR part IN SELECT split_part(pg_get_indexdef(indexrelid), ' USING ', 2) AS definition FROM pg_index
                WHERE indrelid = served::regclass
                AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    LOOP
        EXECUTE format('CREATE INDEX ON meta.%I USING %s', twin, part.definition);
    END LOOP;
    EXECUTE format('ANALYZE meta.%I', twin);
END
$$;

CREATE OR REPLACE FUNCTION meta.end_fill(layer text, twin text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    served text := meta.served_table(layer);
    house text := split_part(layer, '.', 1);
    part record;
    names jsonb;
BEGIN
    SELECT jsonb_object_agg(split_part(pg_get_indexdef(indexrelid), ' USING ', 2), relname)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = served::regclass INTO names;
    EXECUTE format('DROP TABLE %s', served);
    EXECUTE format('ALTER TABLE meta.%I SET SCHEMA %I', twin, house);
    EXECUTE format('ALTER TABLE %I.%I RENAME TO %I', house, twin, split_part(layer, '.', 2));
    FOR part IN SELECT relname, names ->> split_part(pg_get_indexdef(indexrelid), ' USING ', 2) AS called
                FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = served::regclass
    LOOP
        EXECUTE format('ALTER INDEX %I.%I RENAME TO %I', house, part.relname, part.called);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION meta.analyze_layer(layer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('ANALYZE %s', meta.served_table(layer));
END
$$;

GRANT EXECUTE ON FUNCTION meta.begin_fill, meta.index_fill, meta.end_fill, meta.analyze_layer TO bando_load;
