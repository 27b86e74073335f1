"""A small city in memory for tests that bring their own layers: a catalog by hand, and rows staged by hand."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg

from gis_server.catalog import Catalog, CrsBook, Layer
from gis_server.catalog.model import CrsFile, LayerFile
from gis_server.catalog.words import read_yaml
from gis_server.db.ddl import STORED
from gis_server.db.shapes import shape_of
from gis_server.releases.source import Source
from gis_server.releases.staged import Staged
from gis_server.settings import HOME
from loaders.sample_city.build import build
from loaders.sample_city.deliver import deliver
from loaders.sample_city.frame import Frame

HO_GA: Mapping[str, Any] = {
    "title": {"vi": "Hố ga", "en": "Manhole"},
    "theme": "drainage",
    "geometry": "Point",
    "scale": 2000,
    "steward": "Trung tâm Quản lý hạ tầng kỹ thuật",
    "evidence": "proposal",
    "access": "agency",
    "key": ["ma"],
    "fields": {"ma": {"type": "text", "required": True}, "loai": {"type": "text"}, "cao_do": {"type": "number"}},
    "tiles": {"zoom": [13, 22]},
    "style": "drainage/ho_ga",
}
FIELDS = HO_GA["fields"]
SO_THOAT_NUOC = Source("so_thoat_nuoc", "Trung tâm hạ tầng", "Infrastructure centre", "nội bộ", "TTQLHTKT")
QUAN_1 = Source("quan_1", "Quận 1", "District 1", "nội bộ", "UBND Quận 1", synthetic=True)


DRAINAGE_CENTRE = {
    "id": "thoat_nuoc",
    "title": {"vi": "Trung tâm", "en": "Centre"},
    "licence": "agency",
    "attribution": "Trung tâm",
}
"""The source of a profile, as its file says it."""


def layer_of(layer_id: str = "drainage.ho_ga", **changes: Any) -> Layer:
    """The manholes, or something like them."""
    return Layer(layer_id, LayerFile.model_validate({**HO_GA, **changes}))


def catalog_of(*layers: Layer) -> Catalog:
    crs = CrsBook(CrsFile.model_validate(read_yaml(HOME / "layers" / "_crs.yaml")))
    return Catalog({layer.id: layer for layer in layers}, {}, {}, {}, {}, {}, crs)


def stage(conn: psycopg.Connection, layer: Layer, rows: Iterable[tuple[Any, ...]]) -> Staged:
    """Stage rows of values in field order, then WKT; what was staged for the layer before is gone."""
    table = f'staging."{layer.group}__{layer.name}"'
    columns = shape_of(layer).columns
    fields = ", ".join(f'"{name}" {columns[name].type}' for name in layer.fields)
    conn.execute(f"DROP TABLE IF EXISTS {table}".encode())
    conn.execute(f"CREATE UNLOGGED TABLE {table} ({fields}, geom geometry(Geometry, {STORED}))".encode())
    marks = ", ".join(["%s"] * len(layer.fields))
    with conn.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES ({marks}, ST_GeomFromText(%s, {STORED}))".encode(), list(rows))
    return Staged(layer, table)


def deliver_a_ward(catalog: Catalog, folder: Path) -> Path:
    """The smallest sample city, written the way agencies deliver; it holds every layer, rasters included."""
    deliver(build(Frame(1, 7), catalog, lambda step: None), catalog, folder, lambda step: None)
    return folder
