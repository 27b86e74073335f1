"""One tile drawn ahead: what lies around it goes in, what it shows comes out. It hangs on nothing else."""

import numpy as np
import shapely

from gis_server.drawing.areas import as_areas
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.pieces import Pieces, joined
from gis_server.drawing.rules import Rule
from gis_server.drawing.squares import as_few
from gis_server.drawing.vectors import as_lines, as_outlines


def drawn(given: Pieces, rule: Rule, frame: Frame) -> Pieces:
    """What the tile shows, in the order of fids; `given` may reach beyond it."""
    near = given.chosen(frame.overlaps(shapely.bounds(given.shape), REACH))
    if not len(near):
        return near
    points, lines, areas = (near.of_dimension(dimension) for dimension in (0, 1, 2))
    found = []
    if len(points):
        found.append(as_few(points, rule, frame))
    if len(lines):
        found.append(as_lines(lines, rule, frame))
    if len(areas):
        found.append(as_areas(areas, frame) if rule.into_areas else as_outlines(areas, rule, frame))
    whole = joined(found)
    return whole.chosen(np.lexsort((whole.tags.astype(str), whole.fid)))
