"""Words in a GeoPackage: titles of tables and fields, and code lists as field domains, as QGIS and GDAL read them."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gis_server.access.views import View
from gis_server.bundle.qml import Drawn
from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import text

SQL = Path(__file__).parent / "sql"
Row = tuple[str | None, ...]
DRAWN: dict[Drawn, set[int]] = {"fill": {3, 6}, "line": {2, 5}, "marker": {1, 4}}
"""By types of geometry as WKB writes them."""
KINDS = dict(enumerate(("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"), start=1))


@dataclass
class Written:
    """What of a layer went into the package."""

    layer: Layer
    rows: int = 0
    kinds: set[bytes] = field(default_factory=set)
    """Types of geometry as WKB writes them."""

    def noted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch, counted on its way."""
        self.rows += batch.num_rows
        self.kinds |= set(pc.unique(pc.binary_slice(batch["geometry"], 0, 5)).to_pylist())
        return batch

    @property
    def drawn(self) -> list[Drawn]:
        """As what its shapes are drawn."""
        kinds = {int.from_bytes(kind[1:], "little") for kind in self.kinds}
        return [name for name, codes in DRAWN.items() if kinds & codes]

    @property
    def kind(self) -> str:
        """Desktop GIS asks back for tables of unknown kind, so a table of one kind says which."""
        known = {KINDS.get(int.from_bytes(kind[1:], "little"), "GEOMETRY") for kind in self.kinds}
        return known.pop() if len(known) == 1 else "GEOMETRY"


def table_of(layer: Layer) -> str:
    """`drainage__ho_ga`: a name that SQL takes without quotes."""
    return f"{layer.group}__{layer.name}"


def write_labels(path: Path, catalog: Catalog, view: View, written: Sequence[Written]) -> None:
    """Writes what the catalog says of the layers into the tables of GeoPackage's schema extension."""
    layers = [one.layer for one in written]
    domains = {rule.domain for layer in layers for rule in layer.fields.values() if rule.domain is not None}
    with closing(sqlite3.connect(path)) as package, package:
        package.executescript(text(SQL, "labels"))
        package.executemany(text(SQL, "label_of_table"), [_of_table(layer) for layer in layers])
        package.executemany(text(SQL, "kind_of_table"), [(one.kind, table_of(one.layer)) for one in written])
        columns = [row for layer in layers for row in _of_columns(layer, view)]
        package.executemany(text(SQL, "label_of_column"), columns)
        codes = [row for name in sorted(domains) for row in _codes(catalog, name)]
        package.executemany(text(SQL, "label_of_code"), codes)


def _of_table(layer: Layer) -> Row:
    title = layer.file.title
    told = f"{title.vi} · {title.en} | {layer.file.steward} | evidence: {layer.file.evidence}"
    return f"{title.vi} ({layer.id})", told, table_of(layer)


def _of_columns(layer: Layer, view: View) -> Iterator[Row]:
    """Names on screen are unique within a table, as the standard wants them."""
    used: set[str] = set()
    for name in view.layers[layer.id]:
        rule = layer.fields[name]
        title = rule.help.vi if rule.help else name
        shown = title if title not in used else f"{title} ({name})"
        used.add(shown)
        told = f"{rule.help.vi} · {rule.help.en}" if rule.help else name
        measured = f" [{rule.unit}]" if rule.unit else ""
        yield table_of(layer), name, shown, f"{told}{measured}", rule.domain


def _codes(catalog: Catalog, domain: str) -> Iterator[Row]:
    for code, value in catalog.domains[domain].values.items():
        yield domain, code, f"{value.vi} · {value.en}"
