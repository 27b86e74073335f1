"""The drawn city before it becomes tables: what every subject reads to place its own features."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from loaders.sample_city.addresses import Addresses, addresses
from loaders.sample_city.frame import Frame
from loaders.sample_city.names import Names, read_names
from loaders.sample_city.parcels import Fabric, fabric
from loaders.sample_city.relief import Ground, ground
from loaders.sample_city.roads import network
from loaders.sample_city.shapes import Shapes, lines, noded
from loaders.sample_city.streets import Network, Street
from loaders.sample_city.uses import Uses, uses
from loaders.sample_city.wards import Units, units
from loaders.sample_city.water import Water, waters


@dataclass(frozen=True)
class Graph:
    """The streets cut at their junctions: edges with the street they belong to, nodes with their number of edges."""

    edges: Shapes
    street: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    nodes: Shapes

    @property
    def degree(self) -> NDArray[np.int64]:
        return np.bincount(np.concatenate([self.start, self.end]), minlength=len(self.nodes))


@dataclass(frozen=True)
class Plan:
    """Everything drawn once and shared."""

    frame: Frame
    names: Names
    water: Water
    network: Network
    fabric: Fabric
    ground: Ground
    units: Units
    addresses: Addresses
    uses: Uses
    graph: Graph

    @cached_property
    def wet(self) -> shapely.Geometry:
        """Waters and their banks."""
        return self.water.all.buffer(4)

    def ashore(self, street: Street) -> list[LineString]:
        """The parts of a street off the water, with room beside them inside the frame."""
        inner = self.frame.box.buffer(-street.reserve / 2 - 1)
        return lines(street.line.intersection(inner).difference(self.wet))

    def facility(self, code: str) -> tuple[Polygon, str]:
        """Parcel and name of the first institution with a feature type code."""
        found = self.uses.first(code)
        return self.fabric.parcels[found.parcel], found.name

    def street_name(self, index: int) -> str | None:
        return self.network.streets[index].name if index >= 0 else None

    def street_names(self, which: NDArray[np.int64]) -> list[str]:
        return [self.network.streets[index].name if index >= 0 else "" for index in which]

    def reserve(self, which: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.array([self.network.streets[index].reserve for index in which])

    def kinds(self, which: NDArray[np.int64]) -> NDArray[np.str_]:
        return np.array([self.network.streets[index].kind for index in which], dtype="U12")


def draw(frame: Frame) -> Plan:
    """Waters first, then roads, land between them, units, names and uses."""
    names, water = read_names(), waters(frame)
    streets = network(frame, water)
    land = fabric(frame, streets, water)
    all_units = units(frame, water, streets, names)
    return Plan(frame, names, water, streets, land, ground(frame, water), all_units,
                addresses(streets, land.parcels, names), uses(frame, land, all_units),
                _graph(streets.streets))  # fmt: skip


def _graph(streets: list[Street]) -> Graph:
    """Edges between junctions, each with the street it was cut from."""
    edges = _merged(noded([street.line for street in streets]))
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    tree = shapely.STRtree([street.line for street in streets])
    which, nearest = tree.query_nearest(middles, all_matches=False)
    street = np.zeros(len(edges), int)
    street[which] = nearest
    ends = np.array([[line.coords[0], line.coords[-1]] for line in edges]).reshape(-1, 2)
    places, index = np.unique(np.round(ends, 3), axis=0, return_inverse=True)
    index = index.reshape(-1, 2)
    return Graph(edges, street, index[:, 0], index[:, 1], shapely.points(places))


def _merged(pieces: Any) -> Shapes:
    """Pieces joined where only two meet, ordered by place."""
    merged = shapely.get_parts(shapely.line_merge(pieces))
    merged = merged[shapely.length(merged) > 0.5]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(merged, 0.5, normalized=True))
    return np.asarray(merged[np.lexsort([middle[:, 0], middle[:, 1]])], dtype=object)
