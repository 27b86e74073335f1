"""The viewer, the styles and the sprites: what a browser needs to draw the city's maps."""
