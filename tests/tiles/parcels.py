"""Parcels that move about, and what their tiles must be in each release: asked of the database, not of the service."""

import gzip
import http.client
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg
import zstandard

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from gis_server.tiles.address import TileAddress
from gis_server.tiles.shelves import Shelf, Shelves
from gis_server.tiles.statement import tile_statements
from tests.serving import LAT, LON, MEASURED, X, Y, publish_rows, row_of, shape_wkt, tile_at

LAYER = "cadastre.thua_dat"
GRID_M = 700.0
SIDE = 4


@dataclass
class Moving:
    """Parcels on a grid of places, some of which move with each publish."""

    catalog: Catalog
    database: Database
    count: int = 24
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    places: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def layer(self) -> Layer:
        return self.catalog[LAYER]

    def publish(self, moved: int = 2) -> int:
        """The number of the new release."""
        for number in self.chance.sample(range(1, self.count + 1), self.count if not self.places else moved):
            free = [
                (right, up) for right in range(SIDE) for up in range(SIDE) if (right, up) != self.places.get(number)
            ]
            self.places[number] = self.chance.choice(free)
        return publish_rows(self.database, MEASURED, [(self.layer, [self.row(number) for number in self.places])])

    def row(self, number: int) -> tuple[object, ...]:
        right, up = self.places[number]
        shape = shape_wkt("Polygon", X + right * GRID_M + number, Y + up * GRID_M)
        return (*row_of(self.catalog, self.layer, number)[:-1], shape)

    def shelf(self) -> Shelf:
        views = compile_views(self.catalog)
        return Shelves(self.catalog, views).find(views["public"], LAYER)

    def drawn(self, tiles: Sequence[TileAddress]) -> Iterator[bytes]:
        """Tiles as the database has them now."""
        with self.database.connect("read") as conn:
            for at in tiles:
                yield draw(conn, self.shelf(), at)


def draw(conn: psycopg.Connection, shelf: Shelf, at: TileAddress) -> bytes:
    """The oracle: a tile straight from its statement."""
    query = tile_statements(shelf.tileset.at(at.z), at.z)[0].replace("%", "%%")
    for name in ("$1", "$2", "$3"):
        query = query.replace(name, f"%({'zxy'[int(name[1]) - 1]})s::int")
    row = conn.execute(query.encode(), {"z": at.z, "x": at.x, "y": at.y}).fetchone()
    assert row is not None
    return bytes(row[1])


def around(zooms: Sequence[int], reach: int = 1) -> list[TileAddress]:
    """The tiles about the check point."""
    found = []
    for zoom in zooms:
        x, y = tile_at(LON, LAT, zoom)
        found += [TileAddress(zoom, x + i, y - j) for i in range(reach + 1) for j in range(reach + 1)]
    return found


class Caller:
    """One connection that is kept, as a browser keeps it: one that the service closed while it was idle is opened anew.

    The service closes after 30 s without a question.
    """

    def __init__(self, address: str) -> None:
        place = urlsplit(address)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        try:
            answer = self._asked(path, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError):
            self._connection.close()
            answer = self._asked(path, headers)
        answer.content = answer.read()  # type: ignore[attr-defined]
        return answer

    def _asked(self, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        self._connection.request("GET", path, headers={"Host": "bando.example", **headers})
        return self._connection.getresponse()

    def tile(self, at: TileAddress, encoding: str = "identity") -> tuple[http.client.HTTPResponse, bytes]:
        """The answer and its body, decoded."""
        answer = self.get(path_of(at), **{"Accept-Encoding": encoding})
        body: bytes = answer.content  # type: ignore[attr-defined]
        coding = answer.headers["Content-Encoding"]
        if coding == "gzip":
            return answer, gzip.decompress(body)
        return answer, zstandard.decompress(body) if coding == "zstd" else body

    def close(self) -> None:
        self._connection.close()


def path_of(at: TileAddress) -> str:
    return f"/tiles/{LAYER}/{at.z}/{at.x}/{at.y}.mvt"
