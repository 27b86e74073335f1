INSERT INTO meta.layer (layer, definition) VALUES (%(layer)s, %(definition)s)
ON CONFLICT (layer) DO UPDATE SET definition = excluded.definition
