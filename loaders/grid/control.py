"""Control: lines and communes of the map that is served, against which a reading of a file is measured."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

Points = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class ControlLayer:
    """Segments and points of one served layer, in the stored grid."""

    name: str
    tree: shapely.STRtree

    def distances(self, points: Points, within_m: float | None = None) -> NDArray[np.float64]:
        """Metres from each point to the nearest feature; infinite where there is none (nearer than `within_m`)."""
        found = np.full(len(points), np.inf)
        known = np.isfinite(points).all(axis=1)
        if not len(self.tree) or not known.any():
            return found
        (inputs, _), metres = self.tree.query_nearest(
            shapely.points(points[known]), all_matches=False, return_distance=True, max_distance=within_m
        )
        places = np.flatnonzero(known)
        found[places[inputs]] = metres
        return found

    def are_near(self, points: Points, metres: float) -> NDArray[np.bool_]:
        """Whether each point has a feature so near; far quicker than asking how near."""
        inputs, _ = self.tree.query(shapely.points(points), predicate="dwithin", distance=metres)
        near = np.zeros(len(points), dtype=bool)
        near[inputs] = True
        return near


class Control(Protocol):
    """What is served near some places. Points are in the stored grid, metres."""

    def layers(self, around: Points) -> Iterator[ControlLayer]:
        """The control layers, as far as they reach around these points; the cheapest to ask first."""

    def towards(self, targets: tuple[str, ...]) -> "Control":
        """The same for a file that goes to these layers: what they already hold is the best control."""

    def communes(self, codes: Iterable[str]) -> Mapping[str, shapely.Geometry]:
        """The areas of communes by code, in the stored grid; only those that are served."""


@dataclass(frozen=True)
class Known:
    """Control that is in memory: for tests, benchmarks, and files without a database."""

    lines: tuple[ControlLayer, ...] = ()
    wards: Mapping[str, shapely.Geometry] = field(default_factory=dict)

    def layers(self, around: Points) -> Iterator[ControlLayer]:
        return iter(self.lines)

    def towards(self, targets: tuple[str, ...]) -> "Known":
        return self

    def communes(self, codes: Iterable[str]) -> Mapping[str, shapely.Geometry]:
        return {code: self.wards[code] for code in codes if code in self.wards}


def control_layer(name: str, shapes: Shapes) -> ControlLayer:
    """A control layer of shapes in the stored grid."""
    return ControlLayer(name, shapely.STRtree(segments_of(shapes)))


def segments_of(shapes: Shapes) -> Shapes:
    """Lines and borders cut into segments, points as they are."""
    kinds = shapely.get_dimensions(shapes)
    lines = np.concatenate([shapes[kinds == 1], shapely.boundary(shapes[kinds == 2])])
    points = shapely.points(shapely.get_coordinates(shapes[kinds == 0]))
    pieces: Shapes = np.concatenate([_segments(lines), points])
    return pieces


def _segments(lines: Shapes) -> Shapes:
    """Pieces of two vertices: a tree of short pieces answers far sooner than one of long lines."""
    places, owner = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    joined = owner[1:] == owner[:-1]
    pairs = np.stack([places[:-1][joined], places[1:][joined]], axis=1)
    segments: Shapes = shapely.linestrings(pairs) if len(pairs) else np.array([], dtype=object)
    return segments
