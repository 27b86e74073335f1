"""Geometries of edits in the stored grid. A point that was sent back as it was served stays exactly where it is.

Degrees with seven decimals are a centimetre: without this, sending a parcel back unchanged would tear it from its
neighbours by millimetres.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_server.catalog import CrsBook
from gis_server.errors import BadRequest
from gis_server.releases.edits import Shape
from loaders.geometry import in_grid

Points = NDArray[np.float64]
WITHIN_UNITS = 0.75
"""Rounding moves a point by half a unit along each axis at most."""


def in_stored_grid(shape: Shape, crs: CrsBook) -> BaseGeometry:
    """Moved by the pinned shift, to the millimetre."""
    (moved,) = in_grid(np.array([shapely.from_wkb(shape.wkb)], dtype=object), shape.srid, crs)
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise BadRequest(
            "Tọa độ nằm ngoài phạm vi cho phép; hãy xem lại Content-Crs và thứ tự trục (GeoJSON: kinh độ trước).",
            "Coordinates are out of all bounds; look at Content-Crs and the order of axes (GeoJSON: longitude first).",
        )
    return moved


def with_known_points(shape: Shape, moved: BaseGeometry, known: Points, crs: CrsBook) -> BaseGeometry:
    """The moved shape, its points put back to the stored ones that the editor was shown."""
    given = shapely.get_coordinates(shapely.from_wkb(shape.wkb))
    if shape.srid == crs.stored or not len(known) or not len(given):
        return moved
    shown = crs.transform(known, crs.stored, shape.srid)
    tree = shapely.STRtree(shapely.points(shown))
    reach = WITHIN_UNITS * shape.unit
    points, nearest = tree.query_nearest(shapely.points(given), max_distance=reach, all_matches=False)
    put_back = shapely.get_coordinates(moved)
    put_back[points] = known[nearest]
    made: BaseGeometry = shapely.set_coordinates(moved, put_back)
    return made
