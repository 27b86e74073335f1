"""The whole catalog served: two features of every layer, one measured and one synthetic, asked for over HTTP."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from gis_server.access.keys import KeyHolder, add_key, keys_path
from gis_server.app import create_app
from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from gis_server.releases.publish import publish
from gis_server.releases.source import Source
from gis_server.settings import Settings
from tests.city import stage

LON, LAT = 106.6983, 10.7725
X, Y = 603_514.400, 1_191_454.713
"""The datum check point: the same place in degrees and in the stored grid."""
MEASURED = Source("do_dac", "Đo đạc", "Survey", "nội bộ", "© Sở X")
SYNTHETIC = Source("tong_hop", "Tổng hợp", "Synthetic", "CC0", "© Mẫu", synthetic=True)
STEP_M = 40.0
"""The synthetic feature lies this far east of the measured one."""


def row_of(catalog: Catalog, layer: Layer, number: int) -> tuple[Any, ...]:
    """A valid row; `number` makes keys differ and moves the shape east."""
    values = [value_of(catalog, layer, name, number) for name in layer.fields]
    return (*values, shape_wkt(layer.file.geometry[0], X + (number - 1) * STEP_M, Y))


def value_of(catalog: Catalog, layer: Layer, name: str, number: int) -> Any:
    rule = layer.fields[name]
    if layer.file.time and name == layer.file.time.until:
        return None if number == 1 else value_of_type(rule.type, number)
    if rule.domain is not None:
        return next(iter(catalog.domains[rule.domain].values))
    if rule.range is not None:
        return type(value_of_type(rule.type, 1))(rule.range[0] + (number if rule.range[1] - rule.range[0] > 9 else 0))
    return value_of_type(rule.type, number)


def value_of_type(kind: str, number: int) -> Any:
    return {
        "text": f"K{number}",
        "integer": number,
        "number": number + 0.5,
        "boolean": number == 1,
        "date": date(2024 + number, 7, 1),
        "datetime": datetime(2025, 11, 20, 8, 30, number % 60, tzinfo=UTC),
    }[kind]


def shape_wkt(kind: str, x: float, y: float) -> str:
    if kind == "Point":
        return f"POINT({x} {y})"
    if kind == "LineString":
        return f"LINESTRING({x - 5} {y}, {x} {y}, {x + 5} {y + 3})"
    return f"POLYGON(({x - 5} {y - 5}, {x - 5} {y + 5}, {x + 5} {y + 5}, {x + 5} {y - 5}, {x - 5} {y - 5}))"


def publish_rows(database: Database, source: Source, rows: Iterable[tuple[Layer, list[tuple[Any, ...]]]]) -> int:
    """One release of these rows; its number."""
    with database.connect("load") as conn:
        staged = [stage(conn, layer, given) for layer, given in rows]
        release = publish(conn, source, staged, who="kiểm thử", note="kiểm thử")
        conn.commit()
    assert release is not None
    return release.number


@dataclass(frozen=True)
class City:
    """The service with two features of every layer, and the ways to ask it."""

    client: TestClient
    database: Database
    settings: Settings
    agency_key: str

    @property
    def release(self) -> int:
        """The newest in the database."""
        with self.database.connect("read") as conn:
            row = conn.execute("SELECT max(release) FROM meta.release").fetchone()
        assert row is not None
        return int(row[0])

    def get(self, path: str, view: str = "public", **kwargs: Any) -> Response:
        """Ask as a caller from elsewhere (public), with a key (agency), or at the machine itself (full)."""
        headers = {
            "public": {"Host": "bando.example"},
            "agency": {"Host": "bando.example", "Bando-Key": self.agency_key},
            "full": {"Host": "localhost:8000"},
        }[view]
        return self.client.get(path, headers={**headers, **kwargs.pop("headers", {})}, **kwargs)

    def tile(self, tileset: str, zoom: int, view: str = "public") -> dict[str, Any]:
        """The decoded tile at the check point; nothing where the tile is empty."""
        x, y = tile_at(LON, LAT, zoom)
        answer = self.get(f"/tiles/{tileset}/{zoom}/{x}/{y}.mvt", view)
        assert answer.status_code in (200, 204), answer.text
        return mapbox_vector_tile.decode(answer.content) if answer.content else {}


Serve = Callable[..., AbstractContextManager[City]]


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    n = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n
    return int((lon + 180) / 360 * n), int(y)


@pytest.fixture(scope="session")
def serve(settings: Settings, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Opens the service on a database, with other settings where a test wants them."""

    @contextmanager
    def served(database: Database, **changes: Any) -> Iterator[City]:
        keys = tmp_path_factory.mktemp("keys") / "keys.yaml"
        yield from open_city(settings.model_copy(update=changes), database, catalog, keys)

    return served


@pytest.fixture(scope="session")
def whole_city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """Every layer, published twice, measured and then synthetic, a release for each group. Tests on it only read."""
    database = make_database()
    for number, source in ((1, MEASURED), (2, SYNTHETIC)):
        for group in dict.fromkeys(layer.group for layer in catalog):
            layers = [layer for layer in catalog if layer.group == group]
            publish_rows(database, source, [(layer, [row_of(catalog, layer, number)]) for layer in layers])
    with serve(database) as city:
        yield city


def open_city(settings: Settings, database: Database, catalog: Catalog, keys: Path) -> Iterator[City]:
    """The service on a database, at a loopback address with the full view."""
    given = {"database_url": database.url, "anonymous_view": "full", "keys_file": keys}
    opened = settings.model_copy(update=given)
    key = add_key(keys_path(opened), KeyHolder(view="agency", label="Sở Y"), catalog.views)
    with TestClient(create_app(opened), base_url="http://localhost:8000") as client:
        yield City(client, database, opened, key)
