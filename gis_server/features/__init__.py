"""OGC API Features: collections, schemas, items; and what lies near a point."""
