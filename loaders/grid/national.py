"""The country around the city: other provinces' grids and boxes, for telling where a reading of a file would lie."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WGS84
from gis_server.catalog.model import Grid, Strict, Text
from gis_server.catalog.names import bare
from gis_server.catalog.words import read_yaml

Box = tuple[float, float, float, float]
Points = NDArray[np.float64]
Inside = NDArray[np.bool_]


class Province(Strict):
    """A province until 30 June 2025: the grid its office works in, and about where it is."""

    name: Text
    srid: int
    city: bool = False
    """Whether it is part of the city since 1 July 2025."""
    boxes: list[Box]
    communes: tuple[int, int] | None = None
    """First and last code of its communes, where it is not of the city."""


class NationalFile(Strict):
    """`loaders/grid/national.yaml`."""

    grids: dict[int, Grid]
    country: Box
    provinces: dict[str, Province] = Field(min_length=1)


@dataclass(frozen=True)
class Country:
    """Every grid a delivery may be in, and every place it may lie in."""

    book: CrsBook
    """The city's grids and the national ones, under the same pinned shift."""
    file: NationalFile

    @property
    def provinces(self) -> dict[str, Province]:
        return self.file.provinces

    @property
    def city(self) -> frozenset[str]:
        """Codes of the provinces that make the city."""
        return frozenset(code for code, province in self.provinces.items() if province.city)

    def degrees(self, stored: Points) -> Points:
        """WGS 84 longitude and latitude of points in the stored grid."""
        return self.book.transform(stored, self.book.stored, WGS84)

    def in_country(self, degrees: Points) -> Inside:
        return _inside(degrees, self.file.country)

    def within(self, degrees: Points, codes: Iterable[str]) -> Inside:
        """Where points lie in a box of one of these provinces."""
        inside = np.zeros(len(degrees), dtype=bool)
        for code in codes:
            for box in self.provinces[code].boxes:
                inside |= _inside(degrees, box)
        return inside

    def where(self, degrees: Points) -> list[Province]:
        """The provinces in which most of the points may lie, the likeliest first."""
        shares = {code: float(self.within(degrees, [code]).mean()) for code in self.provinces}
        return [self.provinces[code] for code, share in sorted(shares.items(), key=lambda one: -one[1]) if share > 0.5]

    def of_commune(self, code: str) -> frozenset[str]:
        """The neighbouring province that a commune code of five digits belongs to."""
        number = int(code) if code.isdigit() else -1
        return frozenset(
            name
            for name, one in self.provinces.items()
            if one.communes is not None and one.communes[0] <= number <= one.communes[1]
        )

    def named_in(self, words: str) -> frozenset[str]:
        """Provinces whose name stands in a path, whatever its accents and gaps."""
        path = _letters(words)
        return frozenset(code for code, one in self.provinces.items() if _letters(one.name.vi.split(" (")[0]) in path)


def country_of(book: CrsBook) -> Country:
    """The country around a city's own grids."""
    file = _national()
    grids = {**file.grids, **book.file.grids}
    return Country(CrsBook(book.file.model_copy(update={"grids": grids})), file)


def known_grids(book: CrsBook) -> frozenset[int]:
    """Every SRID that may be written: the city's and the national ones."""
    return country_of(book).book.known


@lru_cache
def _national() -> NationalFile:
    return NationalFile.model_validate(read_yaml(Path(__file__).with_name("national.yaml")))


def _inside(degrees: Points, box: Box) -> Inside:
    west, south, east, north = box
    x, y = degrees[:, 0], degrees[:, 1]
    inside: Inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return inside


def _letters(words: str) -> str:
    return "".join(letter for letter in bare(words) if letter.isalnum())
