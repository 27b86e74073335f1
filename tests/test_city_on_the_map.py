"""From the files that agencies deliver to what a person sees: every layer of the sample city, end to end, over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from fastapi.testclient import TestClient
from shapely.geometry import shape

from gis_server.app import create_app
from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.settings import Settings
from loaders.pipeline import Desk, Order, load
from tests.city import deliver_a_ward
from tests.serving import tile_at

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city(
    make_database: Callable[[], Database],
    settings: Settings,
    catalog: Catalog,
    desk_at: Callable[..., Desk],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TestClient]:
    """The service over a sample city that came in through the loader and no other way."""
    folder: Path = tmp_path_factory.mktemp("mau") / "giao"
    deliver_a_ward(catalog, folder)
    database = make_database()
    load(Order(folder), desk_at(database))
    opened = settings.model_copy(update={"database_url": database.url, "anonymous_view": "full"})
    with TestClient(create_app(opened), base_url="http://localhost:8000") as client:
        yield client


def feature_of(city: TestClient, layer: str) -> dict[str, Any]:
    answer = city.get(f"/collections/{layer}/items?limit=1").json()
    assert answer["numberReturned"] == 1, f"{layer} has no feature"
    feature: dict[str, Any] = answer["features"][0]
    return feature


def test_every_layer_of_the_catalogue_goes_from_file_to_feature_tile_and_answer(
    city: TestClient, catalog: Catalog
) -> None:
    broken = {layer.id: _broken(city, catalog, layer.id) for layer in catalog}
    assert {layer: where for layer, where in broken.items() if where} == {}


def _broken(city: TestClient, catalog: Catalog, layer: str) -> str | None:
    """Where on its way the layer's first feature is lost; None when it arrives everywhere."""
    feature = feature_of(city, layer)
    place = shapely.point_on_surface(shape(feature["geometry"]))
    if feature["properties"]["synthetic"] is not True:
        return "items: not called synthetic"
    zoom = catalog[layer].file.tiles.zoom[1]
    x, y = tile_at(place.x, place.y, zoom)
    answer = city.get(f"/tiles/{layer}/{zoom}/{x}/{y}.mvt")
    drawn = mapbox_vector_tile.decode(answer.content).get(layer, {"features": []})["features"] if answer.content else []
    if feature["id"] not in {one["id"] for one in drawn}:
        return f"tile {zoom}/{x}/{y}: the feature is not drawn"
    if not all(one["properties"].get("synthetic") for one in drawn):
        return "tile: not called synthetic"
    query = f"/query/identify?lon={place.x}&lat={place.y}&radius=2&layers={layer}"
    if feature["id"] not in {one["fid"] for one in city.get(query).json()["features"]}:
        return "identify: the feature is not found"
    return None


def test_the_layer_tree_counts_every_layer_and_calls_it_synthetic(city: TestClient, catalog: Catalog) -> None:
    tree = city.get("/catalogue").json()
    layers = [layer for theme in tree["themes"] for layer in theme["layers"]]
    assert {layer["id"] for layer in layers} == set(catalog.layers)
    assert all(layer["count"] > 0 and layer["sources"][0]["synthetic"] for layer in layers)
