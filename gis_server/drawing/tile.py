"""One tile drawn ahead: what lies around it goes in, what it shows comes out. It hangs on nothing else."""

import logging

import numpy as np
import shapely

from gis_server.drawing.areas import as_areas
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.pieces import Pieces, joined, nothing
from gis_server.drawing.rules import Rule
from gis_server.drawing.squares import as_few
from gis_server.drawing.vectors import as_lines, as_outlines

log = logging.getLogger("bando")


def drawn(given: Pieces, rule: Rule, frame: Frame) -> Pieces:
    """What the tile shows, in the order of fids; `given` may reach beyond it.

    A shape that GEOS stumbles over never stops a publish: then shapes are laid on the tile's own grid first, and where
    that does not help, each is drawn by itself.
    """
    near = given.chosen(frame.overlaps(shapely.bounds(given.shape), REACH))
    if not len(near):
        return near
    for attempt in (_reduced, _mended, _alone):
        try:
            whole = attempt(near, rule, frame)
        except shapely.errors.GEOSException as error:
            log.warning("drawing %s/%s/%s: %s", frame.zoom, frame.x, frame.y, error)
        else:
            return whole.chosen(np.lexsort((whole.tags.astype(str), whole.fid)))
    return nothing()


def _mended(near: Pieces, rule: Rule, frame: Frame) -> Pieces:
    mended = shapely.make_valid(near.shape, method="structure", keep_collapsed=False)
    return _reduced(near.shaped(shapely.set_precision(mended, frame.unit_m)), rule, frame)


def _alone(near: Pieces, _: Rule, frame: Frame) -> Pieces:
    own = np.where(frame.holds(near.anchor), near.stands_for, 0)
    one = Pieces(near.shape, near.fid, own, near.source, near.tags, near.anchor)
    return one.shaped(shapely.simplify(near.shape, frame.unit_m))


def _reduced(near: Pieces, rule: Rule, frame: Frame) -> Pieces:
    points, lines, areas = (near.of_dimension(dimension) for dimension in (0, 1, 2))
    found = []
    if len(points):
        found.append(as_few(points, rule, frame))
    if len(lines):
        found.append(as_lines(lines, rule, frame))
    if len(areas):
        found.append(as_areas(areas, frame) if rule.into_areas else as_outlines(areas, rule, frame))
    return joined(found)
