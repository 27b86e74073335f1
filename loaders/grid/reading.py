"""One way to read a file's numbers: the grid, the order of the axes, the unit, and a datum shift that was left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WEB_MERCATOR, WGS84, WGS84_UTM
from gis_server.catalog.model import Text

Points = NDArray[np.float64]
Axes = Literal["xy", "yx"]
Unit = Literal["m", "mm", "km"]

METRES: dict[Unit, float] = {"m": 1.0, "mm": 0.001, "km": 1000.0}
VN2000_DEGREES = 4756
DEGREES = (WGS84, VN2000_DEGREES)
TOKEN = re.compile(
    r"^(?:epsg:)?(?P<srid>\d{4,5})(?P<axes>-yx)?(?P<unit>-mm|-km)?(?P<unshifted>-unshifted)?(?:-was-(?P<was>\d{4,5})-as-(?P<taken>\d{4,5}))?$"
)
FORM = "9210, 9210-yx, 9210-mm, 9210-yx-mm, 9210-unshifted"


@dataclass(frozen=True)
class Reading:
    """How the numbers of a file are to be understood."""

    srid: int
    axes: Axes = "xy"
    """`xy`: east first. `yx`: survey order, the first number is the northing (X) or the latitude."""
    unit: Unit = "m"
    unshifted: bool = False
    """The step between VN-2000 and WGS 84 was left out when the numbers were made: 226 m in the city."""
    mistaken: tuple[int, int] | None = None
    """(A, B): numbers of grid A were taken for grid B before they were moved to `srid`."""

    @property
    def is_plain(self) -> bool:
        return self == Reading(self.srid)

    def __str__(self) -> str:
        parts = [str(self.srid), *(["yx"] if self.axes == "yx" else []), *([self.unit] if self.unit != "m" else [])]
        parts += ["unshifted"] if self.unshifted else []
        parts += ["was-{}-as-{}".format(*self.mistaken)] if self.mistaken else []
        return "-".join(parts)

    def stored(self, points: Points, book: CrsBook) -> Points:
        """The points, as the file gives them, in the stored grid; infinite where they make no sense."""
        if self.axes == "yx":
            points = points[:, ::-1]
        if self.unit != "m":
            points = points * METRES[self.unit]
        srid = self.srid
        if self.mistaken is not None:
            points, srid = book.transform(points, srid, self.mistaken[1]), self.mistaken[0]
        if self.unshifted:
            own, other = (WGS84, VN2000_DEGREES) if is_wgs84(srid) else (VN2000_DEGREES, WGS84)
            points, srid = book.transform(points, srid, own), other
        return book.transform(points, srid, book.stored)

    def numbers(self, stored: Points, book: CrsBook) -> Points:
        """Points of the stored grid as a file in this reading would give them: `stored` backwards."""
        srid = self.mistaken[0] if self.mistaken is not None else self.srid
        if self.unshifted:
            own, other = (WGS84, VN2000_DEGREES) if is_wgs84(srid) else (VN2000_DEGREES, WGS84)
            points = book.transform(book.transform(stored, book.stored, other), own, srid)
        else:
            points = book.transform(stored, book.stored, srid)
        if self.mistaken is not None:
            points = book.transform(points, self.mistaken[1], self.srid)
        points = points / METRES[self.unit]
        return points[:, ::-1] if self.axes == "yx" else points

    def title(self, book: CrsBook) -> Text:
        """What it is, in words."""
        name = _name(self.srid, book)
        notes = list(self._notes(book))
        return Text(
            vi=", ".join([name.vi, *(note.vi for note in notes)]), en=", ".join([name.en, *(note.en for note in notes)])
        )

    def _notes(self, book: CrsBook) -> Iterator[Text]:
        if self.axes == "yx":
            yield Text(vi="trục đảo: X (bắc) trước, Y (đông) sau", en="survey order: north first, east second")
        if self.unit != "m":
            yield {
                "mm": Text(vi="đơn vị milimét", en="in millimetres"),
                "km": Text(vi="đơn vị kilômét", en="in kilometres"),
            }[self.unit]
        if self.unshifted:
            yield Text(vi="thiếu phép chuyển VN-2000 ↔ WGS 84", en="the datum shift VN-2000 ↔ WGS 84 was left out")
        if self.mistaken is not None:
            was, taken = (_name(srid, book) for srid in self.mistaken)
            yield Text(vi=f"đã bị đọc nhầm {was.vi} thành {taken.vi}", en=f"{was.en} was mistaken for {taken.en}")


def parse_reading(said: str | int, known: frozenset[int]) -> Reading:
    """`9210-yx-mm` → a reading; ValueError says what can be written."""
    found = TOKEN.match(str(said).strip().lower())
    if found is None:
        raise ValueError(f"“{said}”: write {FORM}")
    mistaken = (int(found["was"]), int(found["taken"])) if found["was"] else None
    srid = int(found["srid"])
    for one in (srid, *(mistaken or ())):
        if one not in known:
            raise ValueError(f"{one} is not in layers/_crs.yaml, nor a national grid")
    unit: Unit = "mm" if found["unit"] == "-mm" else "km" if found["unit"] == "-km" else "m"
    return Reading(srid, "yx" if found["axes"] else "xy", unit, bool(found["unshifted"]), mistaken)


def is_wgs84(srid: int) -> bool:
    return srid in (WGS84, WEB_MERCATOR) or srid in WGS84_UTM


def _name(srid: int, book: CrsBook) -> Text:
    grid = book.file.grids.get(srid)
    if grid is not None:
        return Text(vi=f"{grid.title.vi} [{srid}]", en=f"{grid.title.en} [{srid}]")
    words = {
        WGS84: Text(vi="WGS 84, kinh độ và vĩ độ [4326]", en="WGS 84 degrees [4326]"),
        VN2000_DEGREES: Text(vi="VN-2000, kinh độ và vĩ độ [4756]", en="VN-2000 degrees [4756]"),
        WEB_MERCATOR: Text(vi="Web Mercator [3857]", en="Web Mercator [3857]"),
    }
    utm = Text(vi=f"WGS 84 / UTM [{srid}]", en=f"WGS 84 / UTM [{srid}]")
    return words.get(srid, utm)
