"""A city of a few shapes whose colours and corners are known, drawn as pictures."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from tests.serving import MEASURED, SYNTHETIC, City, Serve, X, Y, publish_rows, value_of

LAKE, PARCEL, EXTENT = "base_hydrography.mat_nuoc_tinh", "cadastre.thua_dat", "base_frame.pham_vi_du_lieu"
NAMES, NAME = "base_settlement.dia_danh_dan_cu", "Khu phố Rạch Ông Đồ"
WATER = (176, 212, 230)
"""The colour of standing water by day."""
GROUND = (244, 241, 234)
HALF_WIDTH, HALF_HEIGHT = 400.0, 100.0
"""Of the lake, in metres of the stored grid: four times as wide as high, so that swapped axes show."""
HAIR = 3
Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shot:
    """A picture and what it covers."""

    pixels: Pixels
    srid: int
    box: Box
    catalog: Catalog

    def at(self, east: float, north: float) -> tuple[int, ...]:
        """The colour at a place of the stored grid."""
        ((x, y),) = self.catalog.crs.transform(np.array([[east, north]]), 9210, self.srid)
        west, south, right, top = self.box
        rows, columns = self.pixels.shape[:2]
        column, row = (x - west) / (right - west) * columns, (top - y) / (top - south) * rows
        return tuple(int(one) for one in self.pixels[int(row), int(column)][:3])

    def strangers(self, places: Iterable[tuple[float, float]], colour: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The colours at places that are not this one; bending a picture may shift one by a hair."""
        found = [self.at(*place) for place in places]
        return [one for one in found if max(abs(a - b) for a, b in zip(one, colour, strict=True)) > HAIR]


def opened(content: bytes, mode: str = "RGBA") -> Pixels:
    return np.array(Image.open(io.BytesIO(content)).convert(mode))


def rectangle(x: float, y: float, across: float, up: float) -> str:
    corners = ((-across, -up), (across, -up), (across, up), (-across, up), (-across, -up))
    return f"POLYGON(({', '.join(f'{x + dx} {y + dy}' for dx, dy in corners)}))"


def row(catalog: Catalog, layer: Layer, number: int, shape: str, **given: Any) -> tuple[Any, ...]:
    """A valid row of this shape, with these values."""
    values = (given[name] if name in given else value_of(catalog, layer, name, number) for name in layer.fields)
    return (*values, shape)


@pytest.fixture(scope="session")
def drawn_city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """A measured lake, hamlets with long names; a made-up parcel for everyone, one of the army. Tests only read."""
    database = make_database()
    lake, parcel, extent = catalog[LAKE], catalog[PARCEL], catalog[EXTENT]
    water = row(catalog, lake, 1, rectangle(X, Y, HALF_WIDTH, HALF_HEIGHT), ten=None)
    hamlets = [
        row(catalog, catalog[NAMES], number, f"POINT({X - 900 + 90 * number} {Y - 700 + 37 * number})", ten=NAME)
        for number in range(20)
    ]
    publish_rows(database, MEASURED, [(lake, [water]), (catalog[NAMES], hamlets)])
    common = {"loai_dat": "ODT", "ky_hieu_muc_dich": None, "hieu_luc_den": None}
    plots = [
        row(catalog, parcel, 1, rectangle(X - 200, Y + 300, 100, 100), **common),
        row(catalog, parcel, 2, rectangle(X + 200, Y + 300, 100, 100), **{**common, "loai_dat": "CQP"}),
    ]
    around = row(catalog, extent, 1, rectangle(X, Y, 900, 900))
    publish_rows(database, SYNTHETIC, [(parcel, plots), (extent, [around])])
    with serve(database) as city:
        yield city


@pytest.fixture(scope="session")
def shoot(drawn_city: City, catalog: Catalog) -> Callable[..., Shot]:
    """Asks for a picture of the lake and its surroundings in some grid, as `/maps` writes boxes."""

    def shot(path: str, srid: int, box: Box, view: str = "public", **query: Any) -> Shot:
        params = {"bbox": ",".join(map(repr, box)), "bbox-crs": f"EPSG:{srid}", "crs": f"EPSG:{srid}", **query}
        answer = drawn_city.get(path, view, params={name: str(value) for name, value in params.items()})
        assert answer.status_code == 200, answer.text
        return Shot(opened(answer.content), srid, box, catalog)

    return shot


def shores(inside: float) -> list[tuple[float, float]]:
    """Places this far within the four shores of the lake, a quarter of a side from its corners; outside if negative."""
    across, up = HALF_WIDTH - inside, HALF_HEIGHT - inside
    return [
        *((X + side * across, Y + end * HALF_HEIGHT / 2) for side in (-1, 1) for end in (-1, 1)),
        *((X + end * HALF_WIDTH / 2, Y + side * up) for side in (-1, 1) for end in (-1, 1)),
    ]


def box_around(catalog: Catalog, srid: int, across: float = 600.0, up: float = 450.0) -> Box:
    """The box in a grid around the lake, 1,200 × 900 metres."""
    corners = np.array([[X - across, Y - up], [X + across, Y - up], [X + across, Y + up], [X - across, Y + up]])
    points = catalog.crs.transform(corners, 9210, srid)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return float(west), float(south), float(east), float(north)
