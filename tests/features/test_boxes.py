"""Pages of a box, by whichever way they are read: all that touches it, each once, in order, of one release."""

import random
from typing import Any

import pytest
import shapely

from gis_server.features import cost, question
from tests.features.cql.city import Rows
from tests.serving import City, X, Y

GRID = "http://www.opengis.net/def/crs/EPSG/0/9210"
ITEMS = "/collections/cadastre.thua_dat/items"
WAYS = {"near": 20_000, "planned": 1}
"""How many features of a box are gathered first: all, or none."""


def boxes() -> list[tuple[float, ...]]:
    """From a point to all of the city."""
    dice = random.Random(5)
    corners = [(X + dice.uniform(-50, 200), Y + dice.uniform(-50, 200)) for _ in range(8)]
    sides = (0.0, 0.5, 15.0, 40.0, 80.0, 150.0, 400.0, 9_000.0)
    return [(west, south, west + side, south + side) for (west, south), side in zip(corners, sides, strict=True)]


def walked(city: City, limit: int, **asked: Any) -> list[dict[str, Any]]:
    answer = city.get(ITEMS, params={"limit": str(limit), **asked})
    found = []
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()["features"]
        onward = [link["href"] for link in answer.json()["links"] if link["rel"] == "next"]
        if not onward:
            return found
        answer = city.get(onward[0].partition("8000")[2] or onward[0].partition("example")[2])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("limit", [3, 1000])
def test_a_box_gives_what_touches_it_each_once_and_in_order(
    city: City, lots: Rows, monkeypatch: pytest.MonkeyPatch, way: str, limit: int
) -> None:
    monkeypatch.setattr(question, "MOST_NEAR", WAYS[way])
    for box in boxes():
        found = walked(city, limit, bbox=",".join(map(str, box)), **{"bbox-crs": GRID})
        wanted = {row["so_thua"] for row in lots if shapely.intersects(row["geometry"], shapely.box(*box))}
        assert {one["properties"]["so_thua"] for one in found} == wanted, box
        fids = [one["id"] for one in found]
        assert fids == sorted(set(fids))


@pytest.mark.parametrize("pays", [0.0, 1e12])
def test_a_filter_in_a_box_is_answered_alike_by_a_walk_and_by_gathering(
    city: City, lots: Rows, monkeypatch: pytest.MonkeyPatch, pays: float
) -> None:
    monkeypatch.setattr(cost, "SHORT", 0.0)
    monkeypatch.setattr(cost, "WORTH", pays)
    box = boxes()[5]
    found = walked(city, 4, bbox=",".join(map(str, box)), filter="dien_tich > 5", **{"bbox-crs": GRID})
    wanted = {
        row["so_thua"]
        for row in lots
        if (row["dien_tich"] or 0) > 5 and shapely.intersects(row["geometry"], shapely.box(*box))
    }
    assert wanted
    assert {one["properties"]["so_thua"] for one in found} == wanted
    fids = [one["id"] for one in found]
    assert fids == sorted(set(fids))
