"""The change feed: every fid that a release touched, in bounded pages, and nothing that the caller may not see."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from tests.serving import MEASURED, City, Serve, publish_rows, row_of

Numbers = dict[str, list[int]]


def with_hidden_field(catalog: Catalog) -> tuple[Layer, str]:
    """A public layer that has a field which the public does not see, of a type that is easily changed."""
    public = compile_views(catalog)["public"]
    for layer in catalog:
        for name, rule in layer.fields.items():
            hidden = layer.id in public.layers and name not in public.layers[layer.id]
            if hidden and name not in layer.key and rule.type == "text":
                return layer, name
    raise AssertionError("no public layer has a hidden text field")


def hidden_layer(catalog: Catalog) -> Layer:
    public = compile_views(catalog)["public"]
    return next(layer for layer in catalog if layer.id not in public.layers)


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """1: rows 1 to 5. 2: row 1 goes, row 6 comes. 3: only a hidden field changes. 4: only a hidden layer."""
    database = make_database()
    layer, field = with_hidden_field(catalog)
    rows = {number: row_of(catalog, layer, number) for number in range(1, 7)}
    publish_rows(database, MEASURED, [(layer, [rows[number] for number in range(1, 6)])])
    later = [rows[number] for number in range(2, 7)]
    publish_rows(database, MEASURED, [(layer, later)])
    place = list(layer.fields).index(field)
    later[0] = (*later[0][:place], "đổi", *later[0][place + 1 :])
    publish_rows(database, MEASURED, [(layer, later)])
    other = hidden_layer(catalog)
    publish_rows(database, MEASURED, [(other, [row_of(catalog, other, 1)])])
    with serve(database) as city:
        yield city


def feed(city: City, query: str = "", view: str = "full") -> dict[str, Any]:
    answer = city.get(f"/changes{query}", view)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Bando-Release"] == "4"
    found: dict[str, Any] = answer.json()
    return found


def shape(found: dict[str, Any]) -> list[tuple[int, str, int, int, int]]:
    return [
        (one["release"], layer["layer"], *(len(layer[kind]) for kind in ("added", "changed", "removed")))
        for one in found["releases"]
        for layer in one["layers"]
    ]


def onward(found: dict[str, Any]) -> str | None:
    return next(
        (link["href"].removeprefix("http://localhost:8000") for link in found["links"] if link["rel"] == "next"), None
    )


def test_the_feed_tells_what_each_release_touched(city: City, catalog: Catalog) -> None:
    layer, other = with_hidden_field(catalog)[0].id, hidden_layer(catalog).id
    assert shape(feed(city)) == [(1, layer, 5, 0, 0), (2, layer, 1, 0, 1), (3, layer, 0, 1, 0), (4, other, 1, 0, 0)]
    assert shape(feed(city, "?since=2")) == [(3, layer, 0, 1, 0), (4, other, 1, 0, 0)]
    assert shape(feed(city, f"?layer={other}")) == [(4, other, 1, 0, 0)]
    assert feed(city, "?since=4")["releases"] == []


def test_hidden_layers_and_fields_leave_no_trace(city: City, catalog: Catalog) -> None:
    layer, other = with_hidden_field(catalog)[0].id, hidden_layer(catalog).id
    assert shape(feed(city, view="public")) == [(1, layer, 5, 0, 0), (2, layer, 1, 0, 1)]
    assert city.get(f"/changes?layer={other}").status_code == 404
    assert city.get("/changes?layer=no.such").json()["title"] == city.get(f"/changes?layer={other}").json()["title"]


def test_pages_are_bounded_and_together_tell_everything_once(city: City) -> None:
    seen: list[tuple[int, str, str, int]] = []
    path: str | None = "?limit=2"
    while path is not None:
        found = feed(city, path)
        page = [
            (one["release"], layer["layer"], kind, fid)
            for one in found["releases"]
            for layer in one["layers"]
            for kind in ("added", "changed", "removed")
            for fid in layer[kind]
        ]
        assert len(page) <= 2
        seen += page
        following = onward(found)
        path = following.removeprefix("/changes") if following else None
    assert len(seen) == len(set(seen)) == 5 + 2 + 1 + 1


def test_removed_features_are_found_in_the_release_before(city: City, catalog: Catalog) -> None:
    (second,) = feed(city, "?since=1")["releases"][:1]
    (gone,) = second["layers"][0]["removed"]
    path = f"/collections/{with_hidden_field(catalog)[0].id}/items/{gone}"
    assert city.get(path, "full").status_code == 404
    assert city.get(f"{path}?release=1", "full").status_code == 200


@pytest.mark.parametrize(
    "query", ["since=-1", "since=x", "limit=x", "cursor=1", "cursor=a:b:c", "since=1&since=2", "who=1"]
)
def test_nonsense_is_refused(city: City, query: str) -> None:
    assert city.get(f"/changes?{query}", "full").status_code == 400
