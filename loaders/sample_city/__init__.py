"""The sample city: a synthetic Vietnamese city for every layer of the catalogue, delivered the way agencies deliver."""
