"""Streets, quarters and the network they make."""

from dataclasses import dataclass, field

import shapely
from shapely import LineString, Polygon

LO_GIOI = {
    "quoc_lo": 40.0,
    "duong_tinh": 32.0,
    "chinh": 22.0,
    "ven_song": 18.0,
    "khu_vuc": 14.0,
    "noi_bo": 9.0,
    "hem": 4.0,
}
"""Legal width of the road reserve (lộ giới) by class, metres; alleys vary around theirs."""
CARRIAGEWAY = {
    "quoc_lo": 26.0,
    "duong_tinh": 17.0,
    "chinh": 12.0,
    "ven_song": 9.0,
    "khu_vuc": 8.0,
    "noi_bo": 6.0,
    "hem": 3.2,
}
BANK_M = 15.0
"""From the water's edge to the middle of the road along it."""


@dataclass
class Street:
    """One street with one name: where it runs, how wide it is, and for an alley which street it leaves."""

    kind: str
    line: LineString
    name: str = ""
    reserve: float = 0.0
    parent: int = -1
    prefix: str = ""
    """What stands before the house number of an alley: `123/4/`."""

    @property
    def width(self) -> float:
        """Width of the carriageway."""
        return min(CARRIAGEWAY[self.kind], self.reserve)

    @property
    def corridor(self) -> Polygon:
        return shapely.buffer(self.line, self.reserve / 2, quad_segs=3)


@dataclass
class Quarter:
    """A face between main roads, with the way it was built up."""

    area: Polygon
    style: str
    cells: list[tuple[Polygon, str]] = field(default_factory=list)
    """Its cells, each with the way it is built up (the park differs from its quarter)."""


@dataclass(frozen=True)
class Network:
    """All streets; `quarters` are the faces between main roads, cut into cells by streets and alleys."""

    streets: list[Street]
    quarters: list[Quarter]

    @property
    def lake(self) -> Polygon:
        """The detention lake in the park."""
        park = next(cell for quarter in self.quarters for cell, style in quarter.cells if style == "cong_vien")
        inset, curve = min(24.0, 0.16 * park.area**0.5), min(22.0, 0.11 * park.area**0.5)
        return park.buffer(-inset).buffer(-curve).buffer(curve).simplify(0.5)

    def of(self, *kinds: str) -> list[Street]:
        return [street for street in self.streets if street.kind in kinds]
