"""One tile drawn ahead: what lies around it goes in, what it shows comes out. It hangs on nothing else."""

import logging

import numpy as np
import shapely

from gis_server.drawing.areas import areas_of, as_areas
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.ground import MOST_KINDS, Ground, ground_of
from gis_server.drawing.lots import lots_of
from gis_server.drawing.pieces import Pieces, joined, nothing
from gis_server.drawing.rule import Rule
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
            return _in_order(whole)
    return nothing()


def drawn_with_ground(given: Pieces, rule: Rule, frame: Frame) -> tuple[Pieces, Ground | None]:
    """The same, and what a later change can be laid into, where there is nothing but areas on a grid."""
    near = given.chosen(frame.overlaps(shapely.bounds(given.shape), REACH))
    if rule.into_areas and len(near) and np.all(shapely.get_dimensions(near.shape) == 2):
        try:
            ground = ground_of(lots_of(near), frame)
            if len(ground.said) <= MOST_KINDS:
                return drawn_of(ground, frame), ground
        except (shapely.errors.GEOSException, ValueError) as error:
            log.info("drawing %s/%s/%s: %s", frame.zoom, frame.x, frame.y, error)
    return drawn(near, rule, frame), None


def drawn_of(ground: Ground, frame: Frame) -> Pieces:
    """What a tile shows of its ground."""
    return _in_order(areas_of(ground, frame))


def _in_order(shown: Pieces) -> Pieces:
    return shown.chosen(np.lexsort((shown.tags.astype(str), shown.fid)))


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
