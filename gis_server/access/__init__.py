"""Who asks, and what they may see: views compiled from the catalog, hashed keys, and the caller's view of a request."""
