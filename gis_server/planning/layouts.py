"""Brings corners as other programs write them into lines of plain numbers: minutes, thousands apart, GeoJSON, WKT."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import orjson

NORTH, EAST = (900_000.0, 1_300_000.0), (300_000.0, 800_000.0)
"""X and Y of a VN-2000 survey table, metres: no number is good for both, so either order is understood, and numbers
of corners and lengths of sides beside them are none of them."""
PART = r"(\d{1,3}(?:[.,]\d{1,12})?)"
SIDE = r"(?:N|B|Bắc|North|E|Đ|D|Đông|East)(?![^\W\d_])"
ANGLE = re.compile(rf"{PART} ?° ?(?:{PART} ?' ?)?(?:{PART} ?\" ?)?(?![SWT])(?:{SIDE})?", re.I)
WKT = re.compile(r"(?:SRID=\d{1,6};)?POLYGON\s*\(\s*\(([-\d.,\s]*)\)\s*\)", re.I)
GROUPS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3}){1,2}(?!\d)(?:[.,]\d+)?")
DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d{6,7}),(\d{1,5})(?![\d.,])")
"""Of metres: alone on its line it could else be taken for two numbers."""


def laid_out(text: str) -> str:
    """The same corners, one a line where the writing says so; other text stays as it is."""
    clean = _tidy(text).strip()
    if clean.startswith("{"):
        return _ring_of_json(clean) or clean
    if (found := WKT.fullmatch(clean)) is not None:
        return "\n".join(found[1].split(","))
    return DECIMAL_COMMA.sub(r"\1.\2", GROUPS.sub(_joined, ANGLE.sub(_decimal, clean)))


def is_in(bounds: tuple[float, float], number: float) -> bool:
    return bounds[0] <= number <= bounds[1]


def _tidy(text: str) -> str:
    """Without the odd blanks, primes and quotes of spreadsheets and word processors."""
    text = unicodedata.normalize("NFKC", re.sub("[º˚]", "°", text))  # which makes letters of these two
    return re.sub("[″“”]|''", '"', re.sub("[′’‘´`]", "'", text))


def _decimal(found: re.Match[str]) -> str:
    """10°46'21,0" as 10.772500000; what is no angle stays, and is refused as it was written."""
    degrees, minutes, seconds = (float((part or "0").replace(",", ".")) for part in found.groups())
    if max(minutes, seconds) >= 60:
        return found[0]
    return f" {degrees + minutes / 60 + seconds / 3600:.9f} "


def _joined(found: re.Match[str]) -> str:
    """1 191 454.71 as 1191454.71; a number of the corner before it stays apart."""
    groups = found[0].split(" ")
    for first in range(len(groups)):
        number = "".join(groups[first:])
        if any(is_in(bounds, float(number.replace(",", "."))) for bounds in (NORTH, EAST)):
            return " ".join([*groups[:first], number])
    return found[0]


def _ring_of_json(text: str) -> str | None:
    """The corners of the one polygon without holes that it holds."""
    try:
        found: Any = orjson.loads(text)
        if found.get("type") == "FeatureCollection":
            (found,) = found["features"]
        (ring,) = (found.get("geometry") or found)["coordinates"]
        return "\n".join(_pair(point) for point in ring)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _pair(point: Iterable[float]) -> str:
    x, y, *_ = point
    return f"{float(x)!r} {float(y)!r}"
