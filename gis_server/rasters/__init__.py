"""Cells of kept rasters (COGs): at places, and by class within a shape."""
