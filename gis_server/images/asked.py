"""The parameters of a map picture: each read, or refused with a sentence."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import Depends, Query

from gis_server.catalog import Catalog, CrsBook
from gis_server.catalog.crs import WEB_MERCATOR, WGS84
from gis_server.catalog.dress import Scheme
from gis_server.errors import BadRequest
from gis_server.images.frame import HALF_M, MOST_PIXELS, MOST_SIDE, WORLD_PIXELS, Box, Frame, moved_box
from gis_server.images.furniture import INK, MARKS
from gis_server.web.parameters import NUMBER, refused
from gis_server.web.when import When, WhenDep

WIDTH, HEIGHT = 1024, 768
NOTHING = "none"
SYSTEM = re.compile(r"(?:EPSG:|urn:ogc:def:crs:EPSG::|http://www\.opengis\.net/def/crs/EPSG/0/)([0-9]{4,5})", re.ASCII)
DEGREES = ("CRS:84", "OGC:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84")


@dataclass(frozen=True)
class Place:
    """Where, as it was written; x before y in every system."""

    bbox: str | None
    bbox_crs: str | None
    crs: str | None


@dataclass(frozen=True)
class Size:
    """How big, as it was written."""

    width: str | None
    height: str | None
    scale: str | None


async def _place(
    bbox: str | None = None,
    bbox_crs: Annotated[str | None, Query(alias="bbox-crs")] = None,
    crs: str | None = None,
) -> Place:
    return Place(bbox, bbox_crs, crs)


async def _size(width: str | None = None, height: str | None = None, scale: str | None = None) -> Size:
    return Size(width, height, scale)


@dataclass(frozen=True)
class Look:
    """How the picture looks."""

    scheme: Scheme
    marks: tuple[str, ...]
    layers: tuple[str, ...] | None
    """Of the map's layers, these alone."""
    when: When

    @property
    def paper(self) -> str:
        """Under a layer that has no ground of its own."""
        return INK[self.scheme][1]


async def _look(when: WhenDep, scheme: str | None = None, show: str | None = None, layers: str | None = None) -> Look:
    return Look(read_scheme(scheme), read_marks(show), None if layers is None else tuple(layers.split(",")), when)


LookDep = Annotated[Look, Depends(_look)]
PlaceDep = Annotated[Place, Depends(_place)]
SizeDep = Annotated[Size, Depends(_size)]


def read_frame(catalog: Catalog, map_id: str, place: Place, size: Size) -> tuple[Frame, int]:
    """The frame in its grid, and pixels to a logical pixel. Of two sizes that do not fit the box, more is shown."""
    ratio = int(_one_of("scale", size.scale or "1", ("1", "2")))
    srid = read_system("crs", place.crs, catalog.crs) if place.crs else WEB_MERCATOR
    width = None if size.width is None else read_pixels("width", size.width)
    height = None if size.height is None else read_pixels("height", size.height)
    if place.bbox is None:
        frame = _opening(catalog, map_id, srid, (width or WIDTH, height or HEIGHT))
    else:
        source = read_system("bbox-crs", place.bbox_crs, catalog.crs) if place.bbox_crs else WGS84
        frame = _around(moved_box(catalog.crs, read_box(place.bbox), source, srid), srid, (width, height))
    check_size(frame.width * ratio, frame.height * ratio)
    return frame, ratio


def read_box(text: str) -> Box:
    """Four numbers, the first pair below the second."""
    parts = text.split(",")
    numbers = [float(part) for part in parts if NUMBER.fullmatch(part.strip())]
    if len(numbers) != 4 or len(parts) != 4 or not (numbers[0] < numbers[2] and numbers[1] < numbers[3]):
        vi, en = "tây,nam,đông,bắc (tây < đông, nam < bắc)", "west,south,east,north (west < east, south < north)"
        raise refused("bbox", text, vi, en)
    if max(abs(number) for number in numbers) > 1e9:
        raise refused(
            "bbox", text, "tọa độ nằm trong phạm vi của hệ tọa độ", "coordinates within the extent of the CRS"
        )
    return numbers[0], numbers[1], numbers[2], numbers[3]


def read_system(name: str, text: str, crs: CrsBook) -> int:
    """A system by any of its names."""
    if text in DEGREES:
        return WGS84
    found = SYSTEM.fullmatch(text)
    if found and int(found[1]) in offered(crs):
        return int(found[1])
    known = ", ".join(["CRS:84", *(f"EPSG:{one}" for one in offered(crs))])
    raise BadRequest(
        f"{name} = “{text[:80]}”: không có hệ tọa độ này; có: {known}.",
        f"{name} = “{text[:80]}”: this CRS is not offered; there are: {known}.",
    )


def offered(crs: CrsBook) -> tuple[int, ...]:
    """Systems that pictures are drawn in, the city's own before its neighbours'."""
    return WEB_MERCATOR, WGS84, *crs.file.grids


def read_pixels(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or not 1 <= int(text) <= MOST_SIDE:
        raise refused(name, text, f"số nguyên từ 1 đến {MOST_SIDE}", f"a whole number from 1 to {MOST_SIDE}")
    return int(text)


def check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > 2 * MOST_SIDE:
        raise BadRequest(
            f"Ảnh {width} × {height} điểm ảnh là quá lớn; nhiều nhất {MOST_PIXELS // 10**6} triệu điểm ảnh.",
            f"An image of {width} × {height} pixels is too large; at most {MOST_PIXELS // 10**6} million.",
        )


def read_scheme(text: str | None) -> Scheme:
    return "dark" if _one_of("scheme", text or "light", ("light", "dark")) == "dark" else "light"


def read_marks(text: str | None) -> tuple[str, ...]:
    """What stands on the picture beside the map; the scale and the arrow unless something else is asked for."""
    if text is None:
        return MARKS[:2]
    return () if text == NOTHING else tuple(_one_of("show", one, (*MARKS, NOTHING)) for one in text.split(","))


def _one_of(name: str, text: str, choices: Collection[str]) -> str:
    if text not in choices:
        known = ", ".join(choices)
        raise BadRequest(f"{name}={text[:20]}: chọn {known}.", f"{name}={text[:20]}: choose {known}.")
    return text


def _around(box: Box, srid: int, size: tuple[int | None, int | None]) -> Frame:
    """The frame of this size that shows the whole box, with square pixels."""
    west, south, east, north = box
    shape = (east - west) / (north - south)
    width, height = size
    if width is None:
        width = min(MOST_SIDE, max(1, round(height * shape))) if height else WIDTH
    if height is None:
        height = min(MOST_SIDE, max(1, round(width / shape)))
    pixel = max((east - west) / width, (north - south) / height)
    x, y = (west + east) / 2, (south + north) / 2
    across, down = pixel * width / 2, pixel * height / 2
    return Frame(srid, (x - across, y - down, x + across, y + down), width, height)


def _opening(catalog: Catalog, map_id: str, srid: int, size: tuple[int, int]) -> Frame:
    """What the map shows when it opens; a layer alone, where the base map does."""
    portal = catalog.maps.get(map_id) or next(iter(catalog.maps.values()))
    centre = np.array([portal.center])
    ((x, y),) = catalog.crs.transform(centre, WGS84, WEB_MERCATOR)
    half = [one * HALF_M / WORLD_PIXELS / 2**portal.zoom for one in size]
    box = (float(x - half[0]), float(y - half[1]), float(x + half[0]), float(y + half[1]))
    return _around(moved_box(catalog.crs, box, WEB_MERCATOR, srid), srid, size)
