"""The page of changes: the newest releases first, counted and drawn as far as the caller may see, in pages."""

import re

import pytest

from gis_server.catalog import Catalog
from gis_server.records.drawing import draw
from tests.records.test_changes import city, hidden_layer, with_hidden_field
from tests.serving import City

__all__ = ["city"]


def text(city: City, query: str = "", view: str = "full") -> str:
    answer = city.get(f"/changes?f=html{query}", view)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.text


def releases(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="ban-(\d+)"', page)]


def test_a_browser_gets_the_page_and_a_program_the_feed(city: City) -> None:
    browser = city.get("/changes", "full", headers={"Accept": "text/html,*/*;q=0.8"})
    assert browser.headers["Content-Type"].startswith("text/html")
    assert city.get("/changes", "full").json()["release"] == 4


def test_the_newest_is_first_and_each_layer_is_counted(city: City, catalog: Catalog) -> None:
    page = text(city)
    assert releases(page) == [4, 3, 2, 1]
    assert page.index("Thay đổi") < page.index("Changes")
    assert re.findall(r'<span class="(added|changed|removed)">(.\d+)</span>', page) == [
        ("added", "+1"), ("changed", "~1"), ("added", "+1"), ("removed", "−1"), ("added", "+5"),
    ]  # fmt: skip
    assert "svg" in page


def test_what_the_caller_may_not_see_is_not_told_of(city: City, catalog: Catalog) -> None:
    page = text(city, view="public")
    assert releases(page) == [2, 1]
    assert hidden_layer(catalog).file.title.vi not in page
    assert "+5" in page, "five rows came that the public sees, though not all of their fields"


def test_neither_names_nor_notes_of_staff_are_on_it(city: City) -> None:
    assert "kiểm thử" not in text(city)


def test_pages_lead_to_older_releases_and_back(city: City, catalog: Catalog) -> None:
    page = text(city, "&until=2")
    assert releases(page) == [2, 1]
    assert "Mới nhất" in page
    assert releases(text(city, "&since=2")) == [4, 3]
    assert "Cũ hơn" not in text(city, "&since=2")


def test_one_layer_can_be_followed(city: City, catalog: Catalog) -> None:
    page = text(city, f"&layer={hidden_layer(catalog).id}")
    assert releases(page) == [4]
    assert city.get(f"/changes?f=html&layer={hidden_layer(catalog).id}").status_code == 404


def test_links_to_features_lead_to_the_release_they_are_in(city: City, catalog: Catalog) -> None:
    page = text(city, "&until=2&since=1")
    layer = with_hidden_field(catalog)[0].id
    links = re.findall(rf'href="http://localhost:8000(/collections/{re.escape(layer)}/items/[^"]*)"', page)
    assert len(links) == 2
    assert {link.replace("&amp;", "&").split("release=")[1][0] for link in links} == {"1", "2"}
    for link in links:
        assert city.get(link.replace("&amp;", "&"), "full").status_code == 200


def test_the_feed_ends_at_until(city: City) -> None:
    found = city.get("/changes?until=2", "full").json()
    assert [one["release"] for one in found["releases"]] == [1, 2]


@pytest.mark.parametrize("query", ["until=-1", "until=x", "f=xml"])
def test_nonsense_is_refused(city: City, query: str) -> None:
    assert city.get(f"/changes?{query}", "full").status_code == 400


def test_a_drawing_has_a_path_for_each_kind_of_change_and_of_shape() -> None:
    line, point = (
        {"type": "LineString", "coordinates": [[106.7, 10.7], [106.71, 10.7]]},
        {"type": "Point", "coordinates": [106.705, 10.705]},
    )
    area = {"type": "MultiPolygon", "coordinates": [[[[106.7, 10.7], [106.71, 10.7], [106.71, 10.71], [106.7, 10.7]]]]}
    found = draw([("added", line), ("added", point), ("removed", area), ("added", line)])
    assert found is not None
    assert found.paths.keys() == {("added", "line"), ("added", "point"), ("removed", "area")}
    assert found.paths["added", "line"].count("M") == 2
    assert (found.longitude, found.latitude) == pytest.approx((106.705, 10.705))
    assert draw([]) is None
