"""Vector tiles of layers and of portal maps, and their TileJSON."""
