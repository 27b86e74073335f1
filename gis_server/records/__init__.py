"""What there is: the catalogue of layers, administrative units of every era, and the service's own health."""
