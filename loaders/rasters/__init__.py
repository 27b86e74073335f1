"""Rasters: read and checked window by window in the confined child, kept as Cloud-Optimised GeoTIFFs by content."""
