"""Short words for the trees of CQL2 JSON."""

from typing import Any

Tree = dict[str, Any]


def op(name: str, *args: Any) -> Tree:
    return {"op": name, "args": list(args)}


def polygon(ring: list[list[float]]) -> Tree:
    return {"type": "Polygon", "coordinates": [ring]}


def written(points: list[list[float]]) -> str:
    return ", ".join(f"{x} {y}" for x, y in points)


def day(text: str) -> Tree:
    return {"date": text}


def span(start: Any, end: Any) -> Tree:
    return {"interval": [start, end]}
