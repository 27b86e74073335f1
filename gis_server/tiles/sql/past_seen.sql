-- Whether a shape is large enough to be seen; “least” is a number of tile units.
greatest(
    ST_XMax(served.geom_3857) - ST_XMin(served.geom_3857),
    ST_YMax(served.geom_3857) - ST_YMin(served.geom_3857)
) > {least} * tile.unit
