-- An area on the grid of a tile: its rings clockwise before y is turned to grow downwards.
ST_SnapToGrid(
    ST_Affine(ST_ForcePolygonCW(served.geom_3857), tile.per_metre, 0, 0, -tile.per_metre, tile.rightwards, tile.downwards), 1
)
