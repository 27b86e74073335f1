"""Reads coordinates as people write them, just as the viewer does: degrees, sexagesimal, VN-2000 in either order."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gis_server.catalog import CrsBook
from gis_server.catalog.crs import WGS84

Pair = tuple[float, float]
PART = r"(\d{1,3}(?:[.,]\d+)?)\s*°\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*'\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*\"\s*)?"
LATITUDE = "[NSB]|Bắc|Nam|North|South"
LONGITUDE = "[EWĐDT]|Đông|Tây|East|West"
SIDE = f"({LATITUDE}|{LONGITUDE})?"
LETTER_AFTER = re.compile(rf"{PART}{SIDE}[\s,;]*{PART}{SIDE}", re.I)
LETTER_BEFORE = re.compile(rf"{SIDE}\s*{PART}[\s,;]*{SIDE}\s*{PART}", re.I)
SPACED = r"(?<![\d.,])(\d{1,3})\s+(\d{1,2})\s+(\d{1,2}(?:[.,]\d+)?)"
SPACED_AFTER = re.compile(rf"{SPACED}\s*({LATITUDE}|{LONGITUDE})(?!\w)", re.I)
SPACED_BEFORE = re.compile(rf"(?<!\w)({LATITUDE}|{LONGITUDE})\s*{SPACED}", re.I)
"""“10 46 21 N”: only with a letter, since numbers of the grid are grouped by spaces, too."""
IS_LATITUDE = re.compile(LATITUDE, re.I)
IS_LONGITUDE = re.compile(LONGITUDE, re.I)
IS_NEGATIVE = re.compile("S|Nam|South|W|T|Tây|West", re.I)
LABELS = re.compile(
    r"(?:kinh độ|vĩ độ|latitude|longitude|easting|northing|lat|lon|lng|vn-?2000|wgs ?84|[xyenđb])\s*[:=]?\s*(?=-?\d)"
    r"|(?<=\d)\s*(?:°|m\b|[enđb](?![^\W\d_]))",
    re.I,
)
"""Say nothing that the size of the number does not say better."""
ON_A_MAP = re.compile(r"@(-?\d+\.\d+),(-?\d+\.\d+)|^geo:(-?[\d.]+),(-?[\d.]+)", re.I | re.A)
LONGEST = 100
EAST_M, NORTH_M = (100_000, 900_000), (800_000, 2_700_000)


@dataclass(frozen=True)
class Point:
    """A place that a text may mean: degrees, and the grid (srid, east, north) where it was written in one."""

    lon: float
    lat: float
    srid: int | None = None
    grid: Pair | None = None


def read_coordinates(text: str, crs: CrsBook) -> list[Point]:
    """Every point of the city that a text may mean, likeliest first."""
    clean = _tidy(text)
    if len(clean) > LONGEST and not ON_A_MAP.search(clean):
        return []
    sexagesimal = _read_sexagesimal(clean)
    if sexagesimal is not None:
        return [Point(*sexagesimal)] if _covers(crs, sexagesimal) else []
    found: dict[Point, None] = {}
    for pair in _number_pairs(clean):
        found |= dict.fromkeys([*_as_degrees(pair, crs), *_as_grid(pair, crs)])
    return list(found)


def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFKC", re.sub("[º˚]", "°", text))  # which makes letters of these two
    text = re.sub("[\u00a0\u2000-\u200b\u202f]", " ", text)
    text = re.sub("[′’‘´`]", "'", re.sub("[−–]", "-", text))
    text = re.sub("[″“”]|''", '"', text).strip()
    return SPACED_BEFORE.sub("\\1\\2°\\3'\\4\"", SPACED_AFTER.sub(r"""\1°\2'\3"\4""", text))


def _read_sexagesimal(text: str) -> Pair | None:
    if found := LETTER_AFTER.fullmatch(text):
        parts = [(found.group(1, 2, 3), found[4]), (found.group(5, 6, 7), found[8])]
    elif found := LETTER_BEFORE.fullmatch(text):
        parts = [(found.group(2, 3, 4), found[1]), (found.group(6, 7, 8), found[5])]
    else:
        return None
    return _ordered([(_degrees(values), side or "") for values, side in parts])


def _degrees(parts: tuple[str | None, ...]) -> float:
    degrees, minutes, seconds = (float((part or "0").replace(",", ".")) for part in parts)
    return degrees + minutes / 60 + seconds / 3600 if minutes < 60 and seconds < 60 else math.nan


def _ordered(parts: list[tuple[float, str]]) -> Pair | None:
    """Longitude and latitude, by their letters or by their size."""
    lat, lon = parts
    if IS_LONGITUDE.fullmatch(lat[1]) or IS_LATITUDE.fullmatch(lon[1]) or (not lat[1] and lat[0] > 90):
        lat, lon = lon, lat
    if IS_LONGITUDE.fullmatch(lat[1]) or IS_LATITUDE.fullmatch(lon[1]):
        return None
    x, y = (-value if IS_NEGATIVE.fullmatch(side) else value for value, side in (lon, lat))
    return (x, y) if abs(y) <= 90 and abs(x) <= 180 else None


def _number_pairs(text: str) -> Iterator[Pair]:
    if found := ON_A_MAP.search(text):
        first, second = [part for part in found.groups() if part is not None]
        if all(part.count(".") <= 1 and part.strip("-.") for part in (first, second)):
            yield float(first), float(second)
        return
    bare = re.sub(r"^[(\[]|[)\]]$", " ", LABELS.sub(" ", text)).strip()
    if not re.fullmatch(r"[-0-9\s.,;|/]+", bare):
        return
    for first, second in _splits(bare):
        for a in _readings(first):
            yield from ((a, b) for b in _readings(second))


def _splits(text: str) -> list[tuple[str, str]]:
    """Every place where a line of digits could fall into two numbers."""
    strong = [part for part in re.split(r"\s*[;|/\t]\s*", text) if part]
    if len(strong) > 1:
        return [(strong[0], strong[1])] if len(strong) == 2 else []
    cuts = [(text[: gap.start()], text[gap.end() :]) for gap in re.finditer(r",\s+|\s+|,", text)]
    return [(first, second) for first, second in cuts if first and second]


def _readings(text: str) -> list[float]:
    """The numbers that one writing may mean: “603.514,400” has one, “603,514” has two."""
    bare = text.strip().removesuffix(",")
    if not re.fullmatch(r"-?[0-9][0-9 .,]*", bare):
        return []
    both = [_number(bare, ".", ","), _number(bare, ",", ".")]
    return list(dict.fromkeys(value for value in both if value is not None))


def _number(text: str, decimal: str, group: str) -> float | None:
    whole, _, fraction = text.partition(decimal)
    if fraction and not fraction.isdecimal():
        return None
    if not re.fullmatch(rf"-?(?:\d+|\d{{1,3}}(?:[ {re.escape(group)}]\d{{3}})+)", whole):
        return None
    return float(re.sub(r"[^\d-]", "", whole) + (f".{fraction}" if fraction else ""))


def _as_degrees(pair: Pair, crs: CrsBook) -> list[Point]:
    for lon, lat in ((pair[1], pair[0]), pair):
        if abs(lon) <= 180 and abs(lat) <= 90 and _covers(crs, (lon, lat)):
            return [Point(lon, lat)]
    return []


def _as_grid(pair: Pair, crs: CrsBook) -> list[Point]:
    """In every grid in which it lies in the city, the city's own first: the smaller number is east."""
    east, north = sorted(pair)
    if not (EAST_M[0] <= east <= EAST_M[1] and NORTH_M[0] <= north <= NORTH_M[1]):
        return []
    points = []
    for srid in sorted(crs.file.grids, key=lambda srid: srid != crs.stored):
        lon, lat = crs.transform(np.array([[east, north]]), srid, WGS84)[0]
        if _covers(crs, (lon, lat)):
            points.append(Point(round(float(lon), 9), round(float(lat), 9), srid, (east, north)))
    return points


def _covers(crs: CrsBook, lon_lat: Pair) -> bool:
    """Whether a point lies where the city may have data."""
    if not all(map(math.isfinite, lon_lat)):
        return False
    east, north = crs.transform(np.array([lon_lat]), WGS84, crs.stored)[0]
    west, south, most_east, most_north = crs.file.extent
    return bool(west <= east <= most_east and south <= north <= most_north)
