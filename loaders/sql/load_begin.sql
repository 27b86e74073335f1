INSERT INTO meta.load (who, profile, path) VALUES (%(who)s, %(profile)s, %(path)s) RETURNING load_id
