"""Reads the numbers of questions: each is a value, or a sentence that says what would do."""

import math
import re

from gis_server.errors import BadRequest

DEFAULT_LIMIT = 100
MOST = 10_000
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)


def read_limit(text: str | None, default: int = DEFAULT_LIMIT, most: int = MOST) -> int:
    """How many at most. More than the server gives is not an error (OGC API Features Part 1 §7.15.3); nonsense is."""
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or not 1 <= int(text) < 2**31:
        raise refused("limit", text, f"một số nguyên từ 1 đến {most}", f"a whole number from 1 to {most}")
    return min(int(text), most)


def read_number(name: str, text: str | None, low: float, high: float) -> float:
    if text is None:
        raise BadRequest(f"Thiếu tham số {name}.", f"The parameter {name} is missing.")
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not low <= value <= high:
        raise refused(name, text, f"một số từ {low:g} đến {high:g}", f"a number from {low:g} to {high:g}")
    return value


def refused(name: str, text: str, vi: str, en: str) -> BadRequest:
    shown = text if len(text) <= 60 else text[:60] + "…"
    return BadRequest(f"{name} = “{shown}” không hợp lệ: cần {vi}.", f"{name} = “{shown}” will not do: it is {en}.")
