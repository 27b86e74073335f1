"""Control from the map that is served: roads, borders, the layers a delivery goes to, and communes by code."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from psycopg import sql

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import Strict
from gis_server.catalog.words import read_yaml
from gis_server.db.database import Database
from loaders.grid.control import ControlLayer, Shapes, segments_of
from loaders.statements import statement

Points = NDArray[np.float64]
Tile = tuple[int, int]

TILE_M = 1000.0
"""Control is fetched in squares of this size, each once for a whole delivery…"""
REACH_M = 800.0
"""…as far beyond the points: farther than a file is moved to see what chance gives."""
PIECES = 150_000
"""A layer that has more features than this around one file is no control for it."""


class CommuneRule(Strict):
    """Where the areas of communes are served, and in which field their code stands."""

    layer: str
    code: str


class ControlFile(Strict):
    """`loaders/grid/control.yaml`."""

    lines: list[str]
    communes: CommuneRule


@dataclass
class _Fetched:
    """What is known of one layer so far."""

    tiles: set[Tile] = field(default_factory=set)
    pieces: list[Shapes] = field(default_factory=list)
    layer: ControlLayer | None = None
    useless: bool = False
    """Nothing is served, or far more than can be looked at."""


@dataclass(frozen=True)
class Served:
    """What is served now, asked piece by piece over one connection; nothing is asked twice."""

    catalog: Catalog
    conn: psycopg.Connection
    targets: tuple[str, ...] = ()
    """Layers that the rows of a file go to."""
    rules: ControlFile = field(default_factory=lambda: ControlFile.model_validate(_rules()))
    areas: dict[str, shapely.Geometry | None] = field(default_factory=dict)
    fetched: dict[str, _Fetched] = field(default_factory=dict)

    def layers(self, around: Points) -> Iterator[ControlLayer]:
        """One layer after the other, each fetched when it is its turn."""
        tiles = _tiles(around)
        for name in dict.fromkeys([*self.rules.lines, *self.targets]):
            if name in self.catalog.layers and (found := self._layer(name, tiles)) is not None:
                yield found

    def towards(self, targets: tuple[str, ...]) -> "Served":
        return replace(self, targets=targets)

    def communes(self, codes: Iterable[str]) -> Mapping[str, shapely.Geometry]:
        wanted = list(codes)
        missing = [code for code in wanted if code not in self.areas]
        name = self.rules.communes.layer
        if missing and name in self.catalog.layers and self._holds_anything(name):
            self.areas.update(dict.fromkeys(missing))
            self.areas.update(self._communes(missing))
        return {code: shape for code in wanted if (shape := self.areas.get(code)) is not None}

    def _layer(self, name: str, tiles: set[Tile]) -> ControlLayer | None:
        if name not in self.fetched:
            self.fetched[name] = _Fetched(useless=not self._holds_anything(name))
        known = self.fetched[name]
        if not known.useless and (missing := tiles - known.tiles):
            self._fetch(name, missing, known)
        return known.layer if known.layer is not None and len(known.layer.tree) else None

    def _holds_anything(self, name: str) -> bool:
        about = {"name": _table(self.catalog[name]).as_string(self.conn)}
        found = self.conn.execute(statement("control_any.sql"), about).fetchone()
        return found is not None and bool(found[0])

    def _fetch(self, name: str, tiles: set[Tile], known: _Fetched) -> None:
        corners = np.array(sorted(tiles), dtype=float) * TILE_M
        about = {"x": corners[:, 0].tolist(), "y": corners[:, 1].tolist(), "side": TILE_M, "pieces": PIECES}
        query = statement("control_near.sql", layer=_table(self.catalog[name]))
        rows = self.conn.execute(query, {**about, "srid": self.catalog.crs.stored}, binary=True).fetchall()
        if len(rows) == PIECES:
            known.useless, known.layer = True, None
            return
        known.tiles |= tiles
        if rows or known.layer is None:
            known.pieces.append(segments_of(np.array(shapely.from_wkb([wkb for (wkb,) in rows]), dtype=object)))
            known.layer = ControlLayer(name, shapely.STRtree(np.concatenate(known.pieces)))

    def _communes(self, codes: list[str]) -> dict[str, shapely.Geometry]:
        layer, code = self.catalog[self.rules.communes.layer], sql.Identifier(self.rules.communes.code)
        query = statement("control_communes.sql", layer=_table(layer), code=code)
        return {name: shapely.from_wkb(wkb) for name, wkb in self.conn.execute(query, {"codes": codes})}


@contextmanager
def served(catalog: Catalog, database: Database) -> Iterator[Served]:
    """The served map as control, over a connection that holds no transaction open."""
    with database.connect("read") as conn:
        conn.autocommit = True
        yield Served(catalog, conn)


def _rules() -> object:
    return read_yaml(Path(__file__).with_name("control.yaml"))


def _table(layer: Layer) -> sql.Identifier:
    return sql.Identifier(layer.group, layer.name)


def _tiles(around: Points) -> set[Tile]:
    """The squares within reach of some points."""
    low, high = np.floor((around - REACH_M) / TILE_M).astype(int), np.floor((around + REACH_M) / TILE_M).astype(int)
    spans = {(*one, *other) for one, other in zip(low.tolist(), high.tolist(), strict=True)}
    return {
        (x, y) for west, south, east, north in spans for x in range(west, east + 1) for y in range(south, north + 1)
    }
