"""Names of a table's columns: from one row of headings, or from two where a merged heading stands above several."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from loaders.readers.columns import refuse_doubles


def own_headings(rows: Sequence[Sequence[Any]], file: str) -> list[str]:
    """Every column by a name of its own; DeliveryUnreadable where two were given the same."""
    names = joined(rows)
    refuse_doubles(names, file)
    return headings(names)


def joined(rows: Sequence[Sequence[Any]]) -> list[str]:
    """The lowest heading of each column, as it stands; with the one above it where it is not alone of its name."""
    if len(rows) < 2:
        return [_word(cell) for cell in (rows[0] if rows else ())]
    width = max(len(row) for row in rows)
    upper, lower = (([_word(cell) for cell in row] + [""] * width)[:width] for row in rows[:2])
    alone = Counter(lower)
    found, group = [], ""
    for over, under in zip(upper, lower, strict=True):
        group = over or group
        name = under or over
        found.append(f"{group} {under}".strip() if under and alone[under] > 1 else name)
    return found


def headings(cells: Sequence[Any]) -> list[str]:
    """Names of the columns: a blank heading is called after its place (`cot_3`), a repeated one is numbered."""
    names = ["" if cell is None else " ".join(str(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    found: list[str] = []
    for place, name in enumerate(names, start=1):
        name = name or f"cot_{place}"
        found.append(name if name not in found else f"{name}_{found.count(name) + place}")
    return found


def _word(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
