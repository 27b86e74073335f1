"""A small city that is delivered again and again, what happens to it in between, and a database that takes it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyogrio
import shapely
import yaml

from gis_server.errors import MapError
from loaders.pipeline import Desk, Order, load
from loaders.report import as_json
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import delivered
from tests.loaders.test_relations import EAST, NORTH

Feature = tuple[Any, dict[str, Any]]
PROFILE = {**MANHOLES, "rejects": 0.4, "repair": 0.01, "layers": [
    {"to": "drainage.tuyen_cong", "from": {"kind": "LineString"},
     "fields": {"ma": "ma", "cao_do_day_dau": "dau", "cao_do_day_cuoi": "cuoi"}},
    {"to": "drainage.ho_ga", "from": {"kind": "Point"}, "fields": {"ma": "ma", "tuyen_duong": "duong"}},
    {"to": "cadastre.thua_dat", "from": {"kind": "Polygon"}, "fields": {
        "ma_xa_cu": "xa", "so_to": "to", "so_thua": "thua", "dien_tich": "dt", "loai_dat": "loai",
        "ma_thua_dat": "ma_thua", "dia_chi": "dc"}},
]}  # fmt: skip
OTHERS = {**MANHOLES, "source": {**MANHOLES["source"], "id": "quan_1"}}
SIDE = 12
LOTS = SIDE * SIDE
OURS = ("seconds", "check_seconds", "peak_mib")
LAYERS = ("cadastre.thua_dat", "drainage.ho_ga", "drainage.tuyen_cong")


def parcel(number: int) -> Feature:
    west, south = EAST + 10.0 * (number % SIDE), NORTH + 0.25 + 20.0 * (number // SIDE)
    values = {"xa": "26740", "to": "1", "thua": str(number), "dt": 200.0, "ma_thua": f"M{number}"}
    values |= {"loai": "ODT" if number % 4 else "CLN", "dc": f"{number} Lê Lợi"}
    return shapely.box(west, south, west + 10, south + 20), values


def manhole(number: int) -> Feature:
    return shapely.Point(EAST + 10.0 * number, NORTH - 50.25), {"ma": f"H{number}", "duong": "Lê Lợi"}


def pipe(number: int) -> Feature:
    ends = [(EAST + 10.0 * number, NORTH - 50.25), (EAST + 10.0 * number + 10, NORTH - 50.25)]
    return shapely.LineString(ends), {"ma": f"T{number}", "dau": 2.0, "cuoi": 1.0}


def city() -> list[Feature]:
    """Parcels side by side, and a row of manholes with pipes between them."""
    features = [
        *(parcel(number) for number in range(LOTS)),
        *(manhole(number) for number in range(120)),
        *(pipe(number) for number in range(119)),
    ]
    columns = dict.fromkeys(name for _, values in features for name in values)
    return [(shape, {**columns, **values}) for shape, values in features]


def taken() -> Feature:
    """A manhole with a key that another source serves."""
    return shapely.Point(EAST + 5, NORTH - 80), {**dict.fromkeys(city()[0][1]), "ma": "Q1"}


def changed(features: list[Feature], at: int, **values: Any) -> None:
    shape, old = features[at]
    features[at] = shape, {**old, **values}


def redrawn(features: list[Feature], at: int, shape: Any) -> None:
    features[at] = shape, features[at][1]


def again(features: list[Feature], at: int, *, east: float = 0.0, **values: Any) -> None:
    """A row once more, maybe elsewhere or called otherwise."""
    shape, old = features[at]
    features.append((shapely.affinity.translate(shape, east), {**old, **values}))


def crossed(features: list[Feature], at: int) -> None:
    """An outline that crosses itself."""
    west, south, east, north = shapely.bounds(features[at][0])
    redrawn(features, at, shapely.Polygon([(west, south), (east, north), (east, south), (west, north)]))


def everywhere(features: list[Feature], name: str, value: str | None) -> None:
    """One value wherever there is one."""
    for place, (_, values) in enumerate(features):
        if values[name]:
            changed(features, place, **{name: value})


def without(features: list[Feature], kind: str) -> None:
    features[:] = [one for one in features if one[0].geom_type != kind]


def as_shapefiles(folder: Path, *features: Feature) -> Path:
    """A folder with a Shapefile for each kind of geometry."""
    target = folder / "shp"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for kind in ("Point", "LineString", "Polygon"):
        some = [one for one in features if one[0].geom_type == kind]
        if some:
            columns = {name: [values[name] for _, values in some] for name in some[0][1]}
            about = {"crs": "EPSG:9210", "geometry_type": kind, "driver": "ESRI Shapefile"}
            shapes = shapely.to_wkb([shape for shape, _ in some])
            cells = [np.array(values, dtype=_dtype(values)) for values in columns.values()]
            pyogrio.raw.write(target / f"{kind}.shp", shapes, cells, [*columns], encoding="UTF-8", **about)
    return target


def _dtype(values: list[Any]) -> type:
    return float if any(isinstance(one, float) for one in values) else object


@dataclass(frozen=True)
class Way:
    """A database, and from how many rows on what is served in it is not sent again."""

    desk: Desk
    fewest: int
    deliver: Callable[..., Path] = delivered

    def load(
        self, features: list[Feature], folder: Path, profile: dict[str, Any] = PROFILE, **order: Any
    ) -> dict[str, Any] | str:
        """The report, or the sentence of a refusal."""
        file = folder / "profile.yaml"
        file.write_text(yaml.safe_dump(profile, allow_unicode=True))
        try:
            report = load(Order(self.deliver(folder, *features), str(file), **order), self.desk)
        except MapError as error:
            return str(error)
        told = {name: value for name, value in as_json(report).items() if name not in OURS}
        return {
            **told,
            "located": report.located,
            "outlines": {name: len(them) for name, them in report.outlines.items()},
        }

    def state(self) -> list[list[tuple[Any, ...]]]:
        queries = [
            *(f"SELECT fid, born, source, hash, s::text FROM {layer} AS s ORDER BY fid" for layer in LAYERS),
            *(f"SELECT h::text FROM history.{layer.replace('.', '__')} AS h ORDER BY fid, born" for layer in LAYERS),
            "SELECT release, layer, source, added, changed, removed FROM meta.release_layer ORDER BY 1, 2, 3",
            "SELECT layer, source, rows, release FROM meta.layer_state ORDER BY 1, 2",
            "SELECT load_id, layer, code, field, key, value, ST_AsText(place) FROM meta.finding ORDER BY finding_id",
        ]  # fmt: skip
        with psycopg.connect(self.desk.database.url) as conn:
            return [conn.execute(query.encode()).fetchall() for query in queries]
