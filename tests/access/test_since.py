"""Since when a feature is as it is, as far as the caller sees it: a certificate issued is not the public's news."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.serving import LAT, LON, MEASURED, City, Serve, publish_rows, row_of

LAYER = "cadastre.thua_dat"
SEEN, HIDDEN = "so_thua_cu", "da_cap_gcn"


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """1: a parcel. 2: a field that all see changes. 3: a certificate is issued. 4: it goes. 5: it is there again."""
    database, layer = make_database(), catalog[LAYER]
    for seen, hidden in (("1", False), ("2", False), ("2", True)):
        publish(database, catalog, [{SEEN: seen, HIDDEN: hidden}])
    publish(database, catalog, [])
    publish(database, catalog, [{SEEN: "2", HIDDEN: True}])
    publish(database, catalog, [{SEEN: "2", HIDDEN: False}])
    assert layer.fields[HIDDEN].access == "agency"
    with serve(database) as city:
        yield city


def publish(database: Database, catalog: Catalog, changes: list[dict[str, Any]]) -> None:
    layer = catalog[LAYER]
    kept = row_of(catalog, layer, 9)
    rows = [
        tuple({**dict(zip([*layer.fields, "geom"], row_of(catalog, layer, 1), strict=True)), **one}.values())
        for one in changes
    ]
    publish_rows(database, MEASURED, [(layer, [kept, *rows])])


def told(city: City, view: str, release: int | None = None) -> dict[str, int]:
    """Each answer that says of which release the parcel is."""
    at = "" if release is None else f"&release={release}"
    dossier = city.get(f"/planning/dossier?corners={LON},{LAT}{at}".replace(",", "%20"), view).json()
    found = {"dossier": dossier["subject"]["release"]}
    if release is None:
        identified = city.get(f"/query/identify?lon={LON}&lat={LAT}&radius=1&layers={LAYER}", view).json()
        (parcel,) = identified["features"]
        number = parcel["attributes"]
        key = "/".join(str(one["value"]) for one in number if one["name"] in ("ma_xa_cu", "so_to", "so_thua"))
        searched = city.get(f"/search?q={LAT}, {LON}", view)
        assert searched.status_code == 200, key
        found["identify"] = parcel["release"]
    return found


def test_a_change_that_is_hidden_moves_no_release(city: City) -> None:
    assert told(city, "agency") == {"dossier": 6, "identify": 6}
    assert told(city, "public") == {"dossier": 5, "identify": 5}, "since it came back; the certificate is no news"


def test_earlier_releases_tell_the_same(city: City) -> None:
    assert [told(city, "agency", one)["dossier"] for one in (1, 2, 3, 5)] == [1, 2, 3, 5]
    assert [told(city, "public", one)["dossier"] for one in (1, 2, 3, 5)] == [1, 2, 2, 5]
