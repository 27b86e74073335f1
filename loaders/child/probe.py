"""Geometries that may take GEOS too far are tried here first: the child may die or be given up, the load may not.

A collection nested ten thousand deep overflows the stack; one ring of a million teeth keeps the test of validity busy
for hours.
"""

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from loaders.readers.stream import GEOMETRY

LONG_BYTES = 1 << 12
"""Shorter ones endanger nobody: they are nested 450 deep, or have 250 vertices, at most."""
MANY_VERTICES = 10_000


def probe(batch: pa.RecordBatch) -> None:
    """Does with the longest geometries of a batch what the load will do with them; nothing is kept of it."""
    if GEOMETRY not in batch.schema.names:
        return
    wkb = batch.column(GEOMETRY)
    long = wkb.filter(pc.greater(pc.binary_length(wkb), LONG_BYTES))
    if not len(long):
        return
    shapes = shapely.from_wkb(long.to_numpy(zero_copy_only=False), on_invalid="ignore")
    shapely.is_valid(shapes[shapely.get_num_coordinates(shapes) > MANY_VERTICES])
