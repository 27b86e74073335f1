"""The maps of a dossier: which ground they show, at which scale, and what lies there in the city's own colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import orjson
import shapely

from gis_server.catalog import Layer
from gis_server.catalog.compose import layer_style
from gis_server.catalog.model import Text
from gis_server.catalog.swatch import Entry
from gis_server.planning.dossier import Content, Edition
from gis_server.planning.statements import Reading, maps
from gis_server.releases.snapshot import Snapshot

PAPER_MM = 170.0, 112.0
"""Width and height of a map on paper."""
SCALES = (100, 200, 250, 500, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000)


@dataclass(frozen=True)
class Shown:
    """A feature on a map: its shape in the map's grid, how it looks, what is written beside it."""

    shape: shapely.Geometry
    look: Entry
    label: str


@dataclass(frozen=True)
class Sheet:
    """A map: its frame in metres of the grid, and what it shows from the lowest to the highest."""

    title: Text
    frame: tuple[float, float, float, float]
    scale: int
    ground: shapely.Geometry
    """The parcel or ground that the dossier is about."""
    corners: Sequence[tuple[int, float, float]]
    """Number, east and north, as in the dossier's table."""
    shown: list[Shown] = field(default_factory=list)

    @property
    def legend(self) -> list[Entry]:
        """The looks that occur, each once."""
        found: dict[str, Entry] = {}
        for one in self.shown:
            found.setdefault(orjson.dumps(one.look, default=str).decode(), one.look)
        return list(found.values())


async def read_sheets(snap: Snapshot, reading: Reading, of: Edition, content: Content) -> list[Sheet]:
    """Every map of the manifest around the ground of a dossier, in the grid of its areas."""
    ground = _ground(content["corners"])
    corners = [(one["n"], one["y"], one["x"]) for one in content["corners"]]
    rules = reading.manifest.file.maps
    if not rules:
        return []
    sheets = [Sheet(rule.title, *_frame(ground, rule.margin_m), ground, corners) for rule in rules]
    bounds = list(zip(*(sheet.frame for sheet in sheets), strict=True))
    srid = content["area"]["grid"]["srid"]
    looks = _Looks(reading)
    for row in await snap.conn.fetch(maps(reading), srid, *map(list, bounds), of.day):
        one = rules[row["map"]].layers[row["place"]]
        shape = shapely.from_geojson(row["shape"]) if row["shape"] else None
        properties = orjson.loads(row["properties"])
        look = looks.of(reading.catalog[one.layer], properties)
        if shape is not None and not shape.is_empty and look is not None:
            label = str((one.label and properties.get(one.label)) or "")
            sheets[row["map"]].shown.append(Shown(shape, look, label))
    return sheets


def _ground(corners: Sequence[Mapping[str, Any]]) -> shapely.Geometry:
    """The shape between its rings, of which the inner ones are holes."""
    rings: dict[int, list[tuple[float, float]]] = {}
    for one in corners:
        rings.setdefault(one["ring"], []).append((one["y"], one["x"]))
    return reduce(shapely.symmetric_difference, [shapely.Polygon(ring) for ring in rings.values()])


def _frame(ground: shapely.Geometry, margin_m: float) -> tuple[tuple[float, float, float, float], int]:
    """A frame of the paper's form around the ground, at the largest usual scale that leaves the margin."""
    west, south, east, north = ground.bounds
    wide, high = east - west + 2 * margin_m, north - south + 2 * margin_m
    needed = max(wide / PAPER_MM[0], high / PAPER_MM[1]) * 1000
    scale = next((one for one in SCALES if one >= needed), SCALES[-1])
    half_wide, half_high = (mm / 1000 * scale / 2 for mm in PAPER_MM)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return (middle_x - half_wide, middle_y - half_high, middle_x + half_wide, middle_y + half_high), scale


class _Looks:
    """How features look, by the legends of the caller's own maps; each legend is made once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._legends: dict[str, Sequence[Entry]] = {}

    def of(self, layer: Layer, properties: Mapping[str, Any]) -> Entry | None:
        """The entry of the feature's code, under the name of just this code; else the first that goes by no code."""
        entries = self._legend(layer)
        for one in entries:
            if "codes" in one and (code := str(properties.get(one["field"]))) in one["codes"]:
                word = self._reading.catalog.domains[str(layer.fields[one["field"]].domain)].values[code]
                return {**one, "title": {"vi": word.vi, "en": word.en}, "codes": [code]}
        return next((one for one in entries if "codes" not in one), None)

    def _legend(self, layer: Layer) -> Sequence[Entry]:
        if layer.id not in self._legends:
            style = layer_style(self._reading.catalog, layer.id, self._reading.view.layers)
            self._legends[layer.id] = style["metadata"]["bando:legend"][layer.id]
        return self._legends[layer.id]
