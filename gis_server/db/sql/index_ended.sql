-- The shapes that ended, for questions to earlier releases.
CREATE INDEX IF NOT EXISTS {index} ON {history} USING gist (geom)
