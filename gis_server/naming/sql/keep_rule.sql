INSERT INTO meta.search_rule (layer, rule) VALUES (%(layer)s, %(rule)s)
ON CONFLICT (layer) DO UPDATE SET rule = excluded.rule
