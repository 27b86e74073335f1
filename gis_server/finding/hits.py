"""What was found, before it is described: gathered by place, so that a street of forty segments is one street."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Box = tuple[float, float, float, float]
CELL_M = 300.0
"""Features of one name in neighbouring cells of this size are one thing to a person."""
MATCHES = ("exact", "begins", "words", "similar")
"""How a tier is told to the caller."""


@dataclass(frozen=True)
class Hit:
    """One thing found. Its box is in metres of the stored grid."""

    kind: str
    tier: int
    rank: int
    title: str
    layer: str | None = None
    fid: int | None = None
    box: Box | None = None
    match: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, int, int]:
        return self.tier, self.rank, len(self.title)

    @property
    def told(self) -> str:
        return self.match or MATCHES[self.tier]


def box_of(row: Mapping[str, Any]) -> Box | None:
    return None if row["west"] is None else (row["west"], row["south"], row["east"], row["north"])


def together(rows: Sequence[Mapping[str, Any]], most: int) -> Iterator[tuple[int, Box]]:
    """Features of one name that lie near each other, the largest gathering first: the most central fid, and the box."""
    boxes = {row["fid"]: box for row in rows if (box := box_of(row))}
    size = max([CELL_M, *(max(east - west, north - south) for west, south, east, north in boxes.values())])
    cells: dict[tuple[int, int], list[int]] = {}
    for fid, (west, south, east, north) in boxes.items():
        cells.setdefault((int((west + east) / 2 // size), int((south + north) / 2 // size)), []).append(fid)
    gathered = sorted(_gatherings(cells), key=len, reverse=True)
    for fids in gathered[:most]:
        whole = around(boxes[fid] for fid in fids)
        yield min(fids, key=lambda fid: _apart(boxes[fid], whole)), whole


def around(boxes: Iterable[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _gatherings(cells: dict[tuple[int, int], list[int]]) -> Iterator[list[int]]:
    """Fids of cells that touch each other; `cells` is used up."""
    while cells:
        waiting, found = [next(iter(cells))], []
        while waiting:
            x, y = waiting.pop()
            fids = cells.pop((x, y), None)
            if fids is not None:
                found += fids
                waiting += [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        yield found


def _apart(one: Box, other: Box) -> float:
    """Square of the distance between two middles."""
    (a, b, c, d), (e, f, g, h) = one, other
    return (a + c - e - g) ** 2 + (b + d - f - h) ** 2
