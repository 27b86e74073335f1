"""The names of the city, kept with every release: which there are, and which features bear them."""
