"""Field bundles: a map of one release, its data and its viewer in one folder that opens anywhere, without a network."""
