"""Reads corners as people have them: a certificate's table pasted in whatever layout, or degrees; in either order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WGS84, Coordinates
from gis_server.errors import BadRequest
from gis_server.planning.layouts import EAST, NORTH, is_in, laid_out
from gis_server.web.parameters import NUMBER

MOST_CORNERS = 500
MOST_AREA_M2 = 1_000_000.0
LATITUDE, LONGITUDE = (8.0, 13.0), (104.0, 110.0)
Pair = tuple[float, float]
"""East and north."""


@dataclass(frozen=True)
class Corners:
    """Corners as they were meant, however they were laid out."""

    points: Coordinates
    """In the stored grid, to the millimetre."""
    grid: int | None
    """The VN-2000 grid that they were written in; None for degrees."""
    text: str
    """In one writing, which reads as the same corners: `X Y; X Y` of VN-2000, or longitude and latitude."""


def read_corners(crs: CrsBook, text: str, grid: int | None) -> Corners:
    """Without `grid` it is the city's own, or the only other one in which all corners lie in the city."""
    lines = [numbers for line in re.split(r"[;\n]+", laid_out(text)) if (numbers := list(_numbers(line)))]
    metres = [one for line in lines for one in line if is_in(NORTH, one) or is_in(EAST, one)]
    pairs = _metres(lines, metres) if metres else [_degrees(line) for line in lines]
    if len(pairs) > 3 and pairs[0] == pairs[-1]:
        pairs.pop()
    if not 1 <= len(pairs) <= MOST_CORNERS or len(pairs) == 2:
        raise _bad_corners()
    if not metres:
        pairs = [(round(east, 8), round(north, 8)) for east, north in pairs]
        return Corners(_inside(crs, pairs, WGS84), None, "; ".join(f"{east:.8f} {north:.8f}" for east, north in pairs))
    pairs = [(round(east, 3), round(north, 3)) for east, north in pairs]
    srid = grid or next(iter(_grids_of(crs, pairs)), crs.stored)
    written = "; ".join(f"{north:.3f} {east:.3f}" for east, north in pairs)
    return Corners(_inside(crs, pairs, srid), srid, written)


def is_a_list(text: str) -> bool:
    """Whether a text is a list of corners rather than words or one point."""
    numbers = [one for line in re.split(r"[;\n]+", text) for one in _numbers(line)]
    metres = [one for one in numbers if is_in(NORTH, one) or is_in(EAST, one)]
    numbered_lines = sum(any(map(str.isdecimal, line)) for line in text.split("\n"))
    return len(metres) > 2 or (";" in text and len(numbers) > 4) or numbered_lines > 2


def polygon(points: Coordinates) -> shapely.Polygon:
    """The shape inside the corners; a sentence when its sides cross or it is too large."""
    shape = shapely.Polygon(points)
    if not shape.is_valid or not shape.area:
        where = shapely.is_valid_reason(shape)[:80]
        raise BadRequest(
            f"corners: các cạnh cắt nhau hoặc các góc thẳng hàng ({where}); hãy sắp lại thứ tự các góc.",
            f"corners: sides cross, or all corners lie on one line ({where}); put the corners in order.",
        )
    if shape.area > MOST_AREA_M2:
        raise BadRequest(
            f"corners: khu đất rộng {shape.area / 10_000:.0f} ha; nhiều nhất {MOST_AREA_M2 / 10_000:.0f} ha.",
            f"corners: the site is {shape.area / 10_000:.0f} ha; at most {MOST_AREA_M2 / 10_000:.0f} ha.",
        )
    return shape


def _numbers(line: str) -> Iterator[float]:
    words = re.split(r"[\s|]+", line.strip())
    for word in words[0].split(",") if len(words) == 1 and words[0].count(",") == 1 else words:
        number = _plain(_without_ends(word))
        if NUMBER.fullmatch(number):
            yield float(number)


def _without_ends(word: str) -> str:
    """Without letters before the number and after it; letter by letter: a search would take the square of them."""
    begins = next((place for place, letter in enumerate(word) if letter.isdecimal() or letter in "+-"), len(word))
    ends = next((len(word) - place for place, letter in enumerate(reversed(word)) if letter.isdecimal()), 0)
    return word[begins:ends]


def _plain(word: str) -> str:
    """“1.191.454,713”, “1,191,454.713” and “603514,4” with a point before the decimals, and no other."""
    last = max(word.rfind(","), word.rfind("."))
    marks = {mark for mark in word if mark in ",."}
    if last < 0 or (len(marks) == 1 and (word.count(",") > 1 or word.count(".") > 1)):
        return re.sub("[.,]", "", word)
    return re.sub("[.,]", "", word[:last]) + "." + word[last + 1 :]


def _metres(lines: list[list[float]], metres: list[float]) -> list[Pair]:
    """A north and an east for each corner, in the order that the first has; what lacks its other half is named."""
    is_north = [is_in(NORTH, one) for one in metres]
    if any(len(line) > 1 and not set(line) & set(metres) for line in lines):
        raise _bad_corners()
    if len(metres) % 2 or any(a == b for a, b in pairwise(is_north)):
        alone = next((place for place, (a, b) in enumerate(pairwise(is_north)) if a == b), len(metres) - 1)
        raise BadRequest(
            f"corners: {metres[alone]:.3f} (góc {alone // 2 + 1}) thiếu tọa độ thứ hai; "
            "mỗi góc phải có cả X (bắc) và Y (đông).",
            f"corners: {metres[alone]:.3f} (corner {alone // 2 + 1}) lacks its other coordinate; "
            "each corner has an X (north) and a Y (east).",
        )
    return [(b, a) if is_north[0] else (a, b) for a, b in zip(metres[::2], metres[1::2], strict=True)]


def _degrees(line: list[float]) -> Pair:
    """A whole number before both is that of the corner."""
    line = line[1:] if len(line) == 3 and line[0].is_integer() else line
    east, north = ([one for one in line if is_in(bounds, one)] for bounds in (LONGITUDE, LATITUDE))
    if len(line) == 2 and east and north:
        return east[0], north[0]
    raise _bad_corners()


def _grids_of(crs: CrsBook, pairs: list[Pair]) -> list[int]:
    """The city's grid when the corners lie in the city by it; else the one other by which they do, if it is one."""
    fitting = [srid for srid in crs.file.grids if _lie_inside(crs, _stored(crs, pairs, srid))]
    return [crs.stored] if crs.stored in fitting else fitting if len(fitting) == 1 else []


def _inside(crs: CrsBook, pairs: list[Pair], srid: int) -> Coordinates:
    points = _stored(crs, pairs, srid)
    if not _lie_inside(crs, points):
        raise BadRequest(
            "corners: có góc nằm ngoài thành phố; hãy kiểm tra thứ tự X, Y và kinh tuyến trục (grid=).",
            "corners: some lie outside of the city; check the order of X and Y, and the meridian (grid=).",
        )
    return points


def _stored(crs: CrsBook, pairs: list[Pair], srid: int) -> Coordinates:
    return np.round(crs.transform(np.array(pairs), srid, crs.stored), 3)


def _lie_inside(crs: CrsBook, points: Coordinates) -> bool:
    west, south, east, north = crs.file.extent
    return bool(((points >= (west, south)) & (points <= (east, north))).all())


def _bad_corners() -> BadRequest:
    return BadRequest(
        f"corners: cần 1 điểm hoặc 3 đến {MOST_CORNERS} góc; mỗi góc là X Y (VN-2000, mét) hoặc kinh độ vĩ độ; "
        "mỗi góc một dòng, hoặc dấu “;” giữa hai góc.",
        f"corners: one point or 3 to {MOST_CORNERS} corners, each X Y (VN-2000, metres) or longitude and latitude; "
        "each on its line, or with “;” between them.",
    )
