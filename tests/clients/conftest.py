"""The sample city served as it really runs, for programs of other people; `make clients` runs these tests."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import shapely
from shapely import Polygon

from gis_server.catalog import Catalog, read_catalog
from gis_server.db.database import Database
from gis_server.settings import HOME
from loaders.pipeline import Desk, Order, load
from tests.city import deliver_a_ward
from tests.live import Wire

Bounds = tuple[float, float, float, float]
BOX = "array[min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom))]"
"""In the grid that is stored."""


@dataclass(frozen=True)
class Collection:
    """One layer of the running service, and how much of it there is."""

    id: str
    address: str
    number: int
    bounds: Bounds
    field: str
    """A text by which its features can be told apart, into as few kinds as possible."""
    sums: dict[str, float]
    """Of its fields that hold numbers with fractions; a client that takes them for whole ones has others."""

    @property
    def page(self) -> int:
        """Features of a page, so that everything with three features takes three pages at least."""
        return max(1, self.number // 3)

    @property
    def items(self) -> str:
        return f"{self.address}/collections/{self.id}/items"


@dataclass(frozen=True)
class Sample:
    """The service, its layers, and what it says of itself."""

    address: str
    collections: dict[str, Collection]

    def json(self, path: str) -> Any:
        answer = httpx2.get(f"{self.address}{path}", headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.json()


def a_part(bounds: Sequence[float], margin: float) -> Polygon:
    """The west of what there is. Its edges are put where no feature ends, as answers are rounded to a centimetre."""
    west, south, east, north = bounds
    return shapely.box(west - margin, south - margin, west + 0.4713 * (east - west) + margin, north + margin)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `layer_id` is asked of every layer there is."""
    if "layer_id" in metafunc.fixturenames:
        layers = read_catalog(HOME / "layers", HOME / "styles")
        metafunc.parametrize("layer_id", [layer.id for layer in layers])


@pytest.fixture(scope="session")
def sample(
    make_database: Callable[[], Database],
    wire: Wire,
    catalog: Catalog,
    desk_at: Callable[..., Desk],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Sample]:
    """One ward, made and loaded; the sample holds every layer, rasters included."""
    folder, database = tmp_path_factory.mktemp("mau"), make_database()
    load(Order(deliver_a_ward(catalog, folder / "giao")), desk_at(database, rasters=folder / "rasters"))
    with wire(database, anonymous_view="full", rasters=folder / "rasters") as running:
        found = {one.id: one for one in _collections(database, catalog, running.address)}
        yield Sample(running.address, found)


@pytest.fixture
def collection(sample: Sample, layer_id: str) -> Collection:
    found = sample.collections[layer_id]
    assert found.number > 0, f"the sample city has no {layer_id}"
    return found


def _collections(database: Database, catalog: Catalog, address: str) -> Iterator[Collection]:
    with database.connect("read") as conn:
        for layer in catalog:
            texts = [name for name, field in layer.fields.items() if field.type in ("text", "code")]
            numbers = [name for name, field in layer.fields.items() if field.type == "number"]
            asked = [f'count(DISTINCT "{name}")' for name in texts] + [f'sum("{name}")' for name in numbers]
            number, box, *told = _row(conn, f"SELECT count(*), {BOX}, {', '.join(asked)} FROM {layer.table}")
            kinds = zip(told[: len(texts)], texts, strict=True)
            field = min(kinds, key=lambda one: (one[0] < 2, one[0] < 1, one[0]))[1]
            sums = {name: one or 0.0 for name, one in zip(numbers, told[len(texts) :], strict=True)}
            yield Collection(layer.id, address, number, tuple(box), field, sums)


def _row(conn: Any, sql: str) -> Any:
    found = conn.execute(sql.encode()).fetchone()
    assert found is not None
    return found
