"""What a release changes on drawn maps: the tiles that its features touch. Written by publishing, read by tiles."""
