"""Reads the parameters of questions: each is a value, or a sentence that says what would do."""

import math
from dataclasses import dataclass
from datetime import datetime

from gis_server.errors import BadRequest
from gis_server.features.crs import Crs
from gis_server.web.parameters import NUMBER, read_instant, refused

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Interval:
    """From one instant to another, both included; None is open."""

    start: datetime | None
    end: datetime | None


def read_bbox(text: str | None, crs: Crs) -> list[Box]:
    """Boxes x0, y0, x1, y1 (east, north): none when not asked, two when the box crosses the antimeridian."""
    if text is None:
        return []
    parts = text.split(",")
    if len(parts) not in (4, 6) or not all(NUMBER.fullmatch(part) for part in parts):
        raise refused("bbox", text, "4 hoặc 6 số cách nhau bằng dấu phẩy", "4 or 6 numbers separated by commas")
    numbers = [float(part) for part in parts]
    if len(numbers) == 6:  # the map is flat: heights are read, checked, and say nothing about which features
        if not numbers[2] <= numbers[5] or not all(map(math.isfinite, numbers)):
            raise refused(
                "bbox", text, "độ cao dưới không lớn hơn độ cao trên", "the lower height before the upper one"
            )
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    first, second, third, fourth = numbers
    box = (second, first, fourth, third) if crs.is_north_first else (first, second, third, fourth)
    return _boxes(text, box, crs.srid == 4326)


def _boxes(text: str, box: Box, is_degrees: bool) -> list[Box]:
    west, south, east, north = box
    x_most, y_most = (180.0, 90.0) if is_degrees else (1e8, 1e8)
    if not all(abs(x) <= x_most for x in (west, east)) or not all(abs(y) <= y_most for y in (south, north)):
        raise refused("bbox", text, "tọa độ trong phạm vi của hệ tọa độ", "coordinates within the extent of the CRS")
    if south > north or (west > east and not is_degrees):
        raise refused(
            "bbox", text, "góc tây nam trước, góc đông bắc sau", "the south-west corner, then the north-east one"
        )
    if west > east:
        return [(west, south, 180.0, north), (-180.0, south, east, north)]
    return [box]


def read_interval(text: str | None) -> Interval | None:
    """A day, an instant, or `start/end` with `..` or nothing for an open end (RFC 3339)."""
    if text is None:
        return None
    parts = text.split("/")
    if len(parts) > 2:
        raise _bad_interval(text)
    if len(parts) == 1:
        return Interval(_instant(text, parts[0], False), _instant(text, parts[0], True))
    start, end = (None if part in ("", "..") else part for part in parts)
    if start is None and end is None:
        raise _bad_interval(text)
    found = Interval(start and _instant(text, start, False), end and _instant(text, end, True))  # type: ignore[arg-type]
    if found.start and found.end and found.start > found.end:
        raise refused("datetime", text, "thời điểm đầu trước thời điểm cuối", "a start before the end")
    return found


def _instant(text: str, part: str, is_end: bool) -> datetime:
    found = read_instant(part, is_end=is_end)
    if found is None:
        raise _bad_interval(text)
    return found


def _bad_interval(text: str) -> BadRequest:
    return refused(
        "datetime",
        text,
        "ngày (2025-07-01), thời điểm (2025-07-01T00:00:00Z) hoặc khoảng (2025-07-01/..)",
        "a day (2025-07-01), an instant (2025-07-01T00:00:00Z) or an interval (2025-07-01/..)",
    )
