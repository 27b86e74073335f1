"""Lines that a list of records holds in pieces, one from each stop to the next: joined in their order."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import shapely

from loaders.readers.pairs import Pair, pairs

Row = dict[str, Any]
GAP_DEGREES = 0.001
"""About 100 m: pieces that lie farther apart are not joined, but parts of one feature."""


def joined(rows: list[Row], track: str, how: Mapping[str, Any]) -> tuple[list[Row], list[Any]]:
    """Groups by the columns of `by` with their lines; `pieces` and `gaps` say how each was made."""
    by, order = list(how["by"]), how["order"]
    held = [row for row in rows if all(row.get(name) is not None for name in by)]
    held.sort(key=lambda row: (*(str(row[name]) for name in by), _number(row.get(order))))
    made: list[Row] = []
    shapes: list[Any] = []
    for _, group in groupby(held, key=lambda row: [row[name] for name in by]):
        members = list(group)
        drawn = [line for row in members if (line := _line(row.get(track))) is not None]
        parts = _parts(drawn)
        made.append({**{name: members[0][name] for name in by}, "pieces": len(drawn), "gaps": max(len(parts) - 1, 0)})
        shapes.append(shapely.MultiLineString(parts) if parts else None)
    return made, shapes


def _parts(lines: list[list[Pair]]) -> list[list[Pair]]:
    parts: list[list[Pair]] = []
    for line in lines:
        if parts and max(abs(parts[-1][-1][0] - line[0][0]), abs(parts[-1][-1][1] - line[0][1])) <= GAP_DEGREES:
            parts[-1] += line
        else:
            parts.append(list(line))
    return [[point for place, point in enumerate(part) if place == 0 or point != part[place - 1]] for part in parts]


def _line(value: Any) -> list[Pair] | None:
    return pairs(point.split(",") for point in value.split()) if isinstance(value, str) else None


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("inf")
