"""House numbers: odd on the left, even on the right; alleys are numbered from the street they leave."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point

from loaders.sample_city.names import Names
from loaders.sample_city.shapes import Shapes, inside_points
from loaders.sample_city.streets import Network, Street


@dataclass(frozen=True)
class Addresses:
    """For every parcel the street it faces and its full address, empty where no street is near."""

    street: NDArray[np.int64]
    text: list[str]


def addresses(network: Network, parcels: Shapes, names: Names) -> Addresses:
    """Names every street in place, then numbers every parcel along it."""
    _name_streets(network, names)
    street, chainage, left = _fronts(network, parcels)
    children = _children(network)
    items: dict[tuple[int, bool], list[tuple[float, int, bool]]] = defaultdict(list)
    for parcel in np.flatnonzero(street >= 0):
        items[int(street[parcel]), bool(left[parcel])].append((float(chainage[parcel]), int(parcel), True))
    for parent, sons in children.items():
        for along, side, son in sons:
            items[parent, side].append((along, son, False))
    text = [""] * len(parcels)
    for index in _parents_first(network.streets):
        for side in (True, False):
            _number(network.streets, index, (sorted(items[index, side]), side), text)
    return Addresses(street, text)


def _name_streets(network: Network, names: Names) -> None:
    """Main roads in the order they were drawn; streets inside quarters by running number after the lists end."""
    count: dict[str, int] = defaultdict(int)
    for street in sorted(network.streets, key=lambda street: street.kind == "noi_bo"):
        if street.kind == "hem":
            continue
        kind = "khu_vuc" if street.kind == "noi_bo" else street.kind
        small = street.kind == "noi_bo" and count["khu_vuc"] >= len(names.lists["streets"]["khu_vuc"])
        if small:
            count["so"] += 1
            street.name = f"Đường số {count['so']}"
        else:
            street.name = names.street(kind, count[kind])
            count[kind] += 1
    _parent_alleys(network.streets)


def _parent_alleys(streets: list[Street]) -> None:
    """An alley belongs to the widest street that either of its ends touches; without one it is a street of its own."""
    tree = shapely.STRtree([street.line for street in streets])
    for index, street in enumerate(streets):
        if street.kind != "hem":
            continue
        ends = [Point(street.line.coords[0]), Point(street.line.coords[-1])]
        near = {int(other) for end in ends for other in tree.query(end, predicate="dwithin", distance=0.05)}
        earlier = [other for other in near if other < index]
        street.parent = max(earlier, key=lambda other: (streets[other].reserve, -other)) if earlier else -1
        if not earlier:
            street.name = f"Hẻm nội bộ {index}"


def _fronts(network: Network, parcels: Shapes) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """The street whose reserve is nearest to each parcel, how far along it the parcel lies, and on which side."""
    corridors = np.array([street.corridor for street in network.streets], dtype=object)
    lines = np.array([street.line for street in network.streets], dtype=object)
    tree = shapely.STRtree(corridors)
    (parcel, corridor), distance = tree.query_nearest(parcels, max_distance=6.0, return_distance=True, all_matches=True)
    # A corner lot touches two streets; the wider one was drawn first and gives the address.
    order = np.lexsort([corridor, np.round(distance, 1), parcel])
    first = order[np.unique(parcel[order], return_index=True)[1]]
    street = np.full(len(parcels), -1)
    street[parcel[first]] = corridor[first]
    inside = inside_points(parcels)
    known = np.where(street < 0, 0, street)
    chainage = shapely.line_locate_point(lines[known], inside)
    foot = shapely.get_coordinates(shapely.line_interpolate_point(lines[known], chainage))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[known], chainage + 0.5))
    back = shapely.get_coordinates(shapely.line_interpolate_point(lines[known], np.maximum(chainage - 0.5, 0)))
    step, out = ahead - back, shapely.get_coordinates(inside) - foot
    return street, np.asarray(chainage), np.asarray(step[:, 0] * out[:, 1] - step[:, 1] * out[:, 0] > 0)


def _children(network: Network) -> dict[int, list[tuple[float, bool, int]]]:
    """For each street its alleys: where along it, on which side, which."""
    children: dict[int, list[tuple[float, bool, int]]] = defaultdict(list)
    for index, street in enumerate(network.streets):
        if street.parent < 0:
            continue
        parent = network.streets[street.parent].line
        ends = [Point(street.line.coords[0]), Point(street.line.coords[-1])]
        mouth = min(ends, key=parent.distance)
        along = parent.project(mouth)
        a, b = parent.interpolate(max(along - 0.5, 0)), parent.interpolate(along + 0.5)
        middle = street.line.interpolate(0.5, normalized=True)
        side = (b.x - a.x) * (middle.y - a.y) - (b.y - a.y) * (middle.x - a.x) > 0
        children[street.parent].append((along, bool(side), index))
    return children


def _parents_first(streets: list[Street]) -> list[int]:
    """Every street after the one it leaves (which was drawn earlier)."""
    return sorted(range(len(streets)), key=lambda index: (streets[index].parent >= 0, index))


def _number(
    streets: list[Street], index: int, side: tuple[list[tuple[float, int, bool]], bool], text: list[str]
) -> None:
    """Numbers one side of one street; an alley takes the next number and lends it to its own houses."""
    entries, left = side
    street = streets[index]
    for place, (_, item, is_parcel) in enumerate(entries):
        number = 2 * place + (1 if left else 2)
        if is_parcel:
            text[item] = f"{street.prefix}{number} {street.name}"
        else:
            streets[item].prefix = f"{street.prefix}{number}/"
            streets[item].name = street.name
