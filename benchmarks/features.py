"""Items of a large layer over HTTP, the last page against the first by the keyset cursor; identify over all layers."""

from functools import partial
from urllib.parse import urlsplit

from fastapi.testclient import TestClient

from benchmarks.measure import claim, median_ms, medians_ms
from benchmarks.place import Bench
from gis_server.app import create_app

ROADS = "/collections/base_transport.duong_bo/items?limit=1000"
LIMIT_MS = 20.0


def bench(place: Bench) -> None:
    with TestClient(create_app(place.settings)) as client:
        first, last = ROADS, _last_full_page(client)
        deep, near = medians_ms([partial(client.get, last), partial(client.get, first)], 15)
        claim("items, 1,000 roads, deepest page", deep, near, "ms", "ms first page")
        where = "/query/identify?lon=106.6983&lat=10.7725&radius=30"
        claim("identify over every public layer", median_ms(lambda: client.get(where), 30), LIMIT_MS, "ms", "ms limit")


def _last_full_page(client: TestClient) -> str:
    """Walks by `next` to the last page that is full."""
    page = ROADS
    while True:
        links = {link["rel"]: link["href"] for link in client.get(page).json()["links"]}
        if "next" not in links:
            return page
        following = urlsplit(links["next"])
        after = f"{following.path}?{following.query}"
        if client.get(after).json()["numberReturned"] < 1000:
            return page
        page = after
