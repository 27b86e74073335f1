"""Control from the map that is served: the layers a delivery goes to, roads, borders, and communes by code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg import sql

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import Strict
from gis_server.catalog.words import read_yaml
from gis_server.db.database import Database
from loaders.grid.control import ControlLayer, control_layer
from loaders.statements import statement

Points = NDArray[np.float64]

WINDOW_M = 2000.0
"""Control is fetched in squares of this size around the points…"""
REACH_M = 800.0
"""…and this far beyond them: farther than a file is moved to see what chance gives."""
PIECES = 300_000


class CommuneRule(Strict):
    """Where the areas of communes are served, and in which field their code stands."""

    layer: str
    code: str


class ControlFile(Strict):
    """`loaders/grid/control.yaml`."""

    lines: list[str]
    communes: CommuneRule


@dataclass(frozen=True)
class Served:
    """What is served now, asked piece by piece."""

    catalog: Catalog
    database: Database
    targets: tuple[str, ...] = ()
    """Layers the delivery goes to: the best control there is."""
    rules: ControlFile = field(default_factory=lambda: ControlFile.model_validate(_rules()))
    areas: dict[str, shapely.Geometry | None] = field(default_factory=dict)

    def layers(self, around: Points) -> list[ControlLayer]:
        names = [name for name in dict.fromkeys([*self.targets, *self.rules.lines]) if name in self.catalog.layers]
        windows = _windows(around)
        with self.database.connect() as conn:
            found = []
            for name in names:
                query = statement("control_near.sql", layer=_table(self.catalog[name]))
                rows = conn.execute(query, {**windows, "reach": REACH_M + WINDOW_M / 2, "pieces": PIECES}).fetchall()
                if rows:
                    shapes = np.array(shapely.from_wkb([wkb for (wkb,) in rows]), dtype=object)
                    found.append(control_layer(name, shapes))
        return found

    def towards(self, targets: tuple[str, ...]) -> "Served":
        return replace(self, targets=targets)

    def communes(self, codes: Iterable[str]) -> Mapping[str, shapely.Geometry]:
        wanted = list(codes)
        missing = [code for code in wanted if code not in self.areas]
        if missing and self.rules.communes.layer in self.catalog.layers:
            self.areas.update(dict.fromkeys(missing))
            self.areas.update(self._communes(missing))
        return {code: shape for code in wanted if (shape := self.areas.get(code)) is not None}

    def _communes(self, codes: list[str]) -> dict[str, shapely.Geometry]:
        layer, code = self.catalog[self.rules.communes.layer], sql.Identifier(self.rules.communes.code)
        query = statement("control_communes.sql", layer=_table(layer), code=code)
        with self.database.connect() as conn:
            return {name: shapely.from_wkb(wkb) for name, wkb in conn.execute(query, {"codes": codes})}


def _rules() -> object:
    return read_yaml(Path(__file__).with_name("control.yaml"))


def _table(layer: Layer) -> sql.Identifier:
    return sql.Identifier(layer.group, layer.name)


def _windows(around: Points) -> dict[str, list[float]]:
    """Middles of the squares that hold points."""
    middles = (np.unique(np.floor(around / WINDOW_M), axis=0) + 0.5) * WINDOW_M
    return {"x": middles[:, 0].tolist(), "y": middles[:, 1].tolist()}
