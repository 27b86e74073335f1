"""Points in a crowd: each square of the map shows one, which stands for all that lie in it."""

import json

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.frames import HALF_WORLD_M, MARGIN, REACH, Frame, Numbers
from gis_server.drawing.pieces import Column, Pieces
from gis_server.drawing.rule import Rule
from gis_server.drawing.said import as_jsonb


def as_few(given: Pieces, rule: Rule, frame: Frame) -> Pieces:
    """One point a square of 32 pixels: of a cluster where its members lie on average, with the fields they agree on;
    of ranked ones the most important. Squares lie within tiles, so that every tile that shows one shows the same."""
    square = _square(given, frame)
    order = np.lexsort((given.fid, _importance(given, rule), square))
    square, given = square[order], given.chosen(order)
    _, first = np.unique(square, return_index=True)
    ends = np.append(first[1:], len(square))
    stands_for = np.add.reduceat(given.stands_for, first)
    chosen = given.chosen(first)
    shape, tags, fid = chosen.shape, chosen.tags, chosen.fid
    if rule.way == "cluster":
        fid = np.minimum.reduceat(given.fid, first)
        places = shapely.get_coordinates(shapely.centroid(given.shape)) * given.stands_for[:, None]
        shape = shapely.points(np.add.reduceat(places, first) / stands_for[:, None])
        shape = np.where(ends - first == 1, chosen.shape, shape)
        tags = np.array([_agreed(given.tags[at:end]) for at, end in zip(first, ends, strict=True)], dtype=object)
    drawn = Pieces(shape, fid, stands_for, chosen.source, tags, chosen.anchor)
    places = shapely.get_coordinates(shapely.centroid(shape))
    drawn = Pieces(drawn.shape, drawn.fid, drawn.stands_for, drawn.source, drawn.tags, places)
    return drawn.chosen(frame.overlaps(shapely.bounds(shape), MARGIN))


def _importance(given: Pieces, rule: Rule) -> npt.NDArray[np.float64]:
    """The least for what is shown first."""
    rank = rule.rank
    if rank is None:
        return np.zeros(len(given))
    said = [json.loads(one).get(rank.by) for one in given.tags]
    if rank.first:
        place = {code: float(number) for number, code in enumerate(rank.first)}
        return np.array([place.get(str(one), float(len(place))) for one in said])
    return np.array([np.inf if one is None else -float(one) for one in said])


def _square(given: Pieces, frame: Frame) -> Numbers:
    """The number of the square that each point lies in; sources are kept apart."""
    places = shapely.get_coordinates(shapely.centroid(given.shape))
    side = frame.side_m * REACH
    east = np.floor((places[:, 0] + HALF_WORLD_M) / side).astype(np.int64)
    south = np.floor((HALF_WORLD_M - places[:, 1]) / side).astype(np.int64)
    _, source = np.unique(given.source.astype(str), return_inverse=True)
    number: Numbers = (source.astype(np.int64) << 56) + (south << 27) + east
    return number


def _agreed(tags: Column) -> str:
    """The fields that have one value in all of them."""
    if len(tags) == 1:
        return str(tags[0])
    said = [json.loads(one) for one in dict.fromkeys(tags)]
    common = {name: value for name, value in said[0].items() if all(one.get(name) == value for one in said)}
    return as_jsonb(common)
