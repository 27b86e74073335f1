"""Random filters that are well formed: what the oracle and the service must agree on."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.features.cql.city import DAY, NAMES
from tests.features.cql.oracle import ARRAYS, COMPARISONS, SPATIAL, TEMPORAL
from tests.serving import X, Y

TEXTS = ("ma_xa_cu", "so_to", "ma_thua_dat", "loai_dat")
PATTERNS = ("L%", "%3/2", "_ờ%", "%\\%\\_a", "%", "", "l%i", "%_%_%", "Đ_____%", "100\\%%")


def condition(dice: random.Random, depth: int = 3) -> dict[str, Any]:
    if depth and dice.random() < 0.5:
        op = dice.choice(("and", "or", "not"))
        count = 1 if op == "not" else dice.randrange(2, 4)
        return {"op": op, "args": [condition(dice, depth - 1) for _ in range(count)]}
    return dice.choice((_comparison, _listed, _like, _null, _spatial, _temporal, _between, _array))(dice)


def _comparison(dice: random.Random) -> dict[str, Any]:
    first, second = dice.choice((_numbers, _texts, _days))(dice)
    return {
        "op": dice.choice(list(COMPARISONS)) if isinstance(second, dict) else dice.choice(("=", "<>")),
        "args": [first, second],
    }


def _numbers(dice: random.Random) -> tuple[Any, Any]:
    return number(dice, 2), {"op": "+", "args": [number(dice, 1), 0]}


def number(dice: random.Random, depth: int) -> Any:
    if depth and dice.random() < 0.6:
        op = dice.choice(("+", "-", "*", "/", "%", "div"))
        return {"op": op, "args": [number(dice, depth - 1), number(dice, depth - 1)]}
    return {"property": "dien_tich"} if dice.random() < 0.6 else dice.randrange(6)


def _texts(dice: random.Random) -> tuple[Any, Any]:
    first, second = {"property": dice.choice(TEXTS)}, dice.choice([one for one in NAMES if one])
    if dice.random() < 0.5:
        return first, second
    return folded(dice, first), folded(dice, second) if dice.random() < 0.9 else second


def folded(dice: random.Random, node: Any) -> Any:
    for op in dice.choice((("casei",), ("accenti",), ("casei", "accenti"))):
        node = {"op": op, "args": [node]}
    return node


def _days(dice: random.Random) -> tuple[Any, Any]:
    return {"property": dice.choice(("hieu_luc_tu", "hieu_luc_den"))}, day(dice)


def day(dice: random.Random) -> dict[str, str]:
    return {"date": (DAY + timedelta(days=dice.randrange(25))).isoformat()}


def _listed(dice: random.Random) -> dict[str, Any]:
    listed = [one for one in dice.sample(NAMES, 3) if one is not None] or ["x"]
    return {"op": "in", "args": [{"property": dice.choice(TEXTS)}, listed]}


def _like(dice: random.Random) -> dict[str, Any]:
    return {"op": "like", "args": [{"property": "ma_thua_dat"}, dice.choice(PATTERNS)]}


def _null(dice: random.Random) -> dict[str, Any]:
    return {"op": "isNull", "args": [{"property": dice.choice((*TEXTS, "dien_tich", "hieu_luc_tu"))}]}


def _between(dice: random.Random) -> dict[str, Any]:
    low = dice.randrange(8)
    return {"op": "between", "args": [number(dice, 1), low, low + dice.randrange(5)]}


def _spatial(dice: random.Random) -> dict[str, Any]:
    return {"op": dice.choice(list(SPATIAL)), "args": [{"property": "geometry"}, shape(dice)]}


def shape(dice: random.Random) -> Mapping[str, Any]:
    west, south = X + dice.randrange(0, 200, 10), Y + dice.randrange(0, 200, 10)
    east, north = west + dice.randrange(10, 90, 10), south + dice.randrange(10, 90, 10)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return dice.choice(
        (
            {"bbox": [west, south, east, north]},
            {"type": "Polygon", "coordinates": [ring]},
            {"type": "LineString", "coordinates": [[west, south], [east, north]]},
            {"type": "Point", "coordinates": [west, south]},
            {"type": "MultiPoint", "coordinates": [[west, south], [east, north]]},
        )
    )


def _temporal(dice: random.Random) -> dict[str, Any]:
    return {"op": dice.choice(list(TEMPORAL)), "args": [_span(dice), _span(dice)]}


def _span(dice: random.Random) -> dict[str, Any]:
    if dice.random() < 0.3:
        return dice.choice((day(dice), {"property": "hieu_luc_tu"}))
    if dice.random() < 0.5:
        return {"interval": [{"property": "hieu_luc_tu"}, dice.choice(({"property": "hieu_luc_den"}, ".."))]}
    start = DAY + timedelta(days=dice.randrange(20))
    return {
        "interval": [dice.choice((start.isoformat(), "..")), (start + timedelta(days=dice.randrange(9))).isoformat()]
    }


def _array(dice: random.Random) -> dict[str, Any]:
    listed = [str(dice.randrange(5)) for _ in range(3)]
    return {"op": dice.choice(list(ARRAYS)), "args": [[{"property": "so_to"}, "1"], listed]}
