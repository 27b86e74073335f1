"""The shape of a layer's tables as data: only what tables depend on, so that titles and styles change freely."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psycopg

from gis_server.catalog import Layer
from gis_server.catalog.model import FieldType
from gis_server.db.statements import quoted

COLUMN_TYPE: Mapping[FieldType, str] = {
    "text": "TEXT",
    "code": "TEXT",
    "integer": "BIGINT",
    "number": "DOUBLE PRECISION",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP WITH TIME ZONE",
}
WIDENINGS = {("BIGINT", "DOUBLE PRECISION")}
"""Changes of type that lose nothing."""
HASH = 2
"""Which way rows are hashed; stored hashes of another way are made anew by the migration. 1: of the row's text."""


INDEXES = 3
"""Which indexes tables have; the migration adds what is missing. 1: none on shapes that ended, 2: on releases."""
CLEARANCE = "clearance"
"""Metres between a corner of `geom` and the nearest side that it is no end of (ST_MinimumClearance): what tells that an
area stays sound on a tile's grid. NULL where nobody measured."""
FEW_CORNERS = 8
"""Areas with more are not measured: that costs more than looking at them in each tile."""
MEASURED = 2
"""What is measured of each shape; the migration adds what is missing. 1: not how far corners are from sides."""


@dataclass(frozen=True)
class Column:
    """Type as PostgreSQL writes it, and whether a value must be there."""

    type: str
    required: bool


@dataclass(frozen=True)
class Shape:
    """What `meta.layer.definition` holds."""

    columns: dict[str, Column]
    key: list[str]
    kinds: list[str]
    hash: int = HASH
    indexes: int = INDEXES
    measured: int = MEASURED

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Shape":
        columns = {name: Column(**column) for name, column in content["columns"].items()}
        versions = {name: content.get(name, 1) for name in ("hash", "indexes", "measured")}
        return cls(columns, list(content["key"]), list(content["kinds"]), **versions)


def measured(geom: str) -> str:
    """The clearance of a shape in SQL; `loaders.clearance` measures whole columns alike."""
    return (
        f"CASE WHEN ST_Dimension({geom}) = 2 AND ST_NPoints({geom}) <= {FEW_CORNERS + 1} "
        f"THEN ST_MinimumClearance({geom})::real END"
    )


def shape_of(layer: Layer) -> Shape:
    """Order of fields and kinds does not matter to tables, so it does not matter here."""
    columns = {
        name: Column(COLUMN_TYPE[rule.type], rule.required or name in layer.key)
        for name, rule in sorted(layer.fields.items())
    }
    return Shape(columns, list(layer.key), sorted(layer.file.geometry))


def definitions(conn: psycopg.Connection) -> dict[str, Any]:
    """The shapes that the database's tables have, by layer."""
    return dict(conn.execute("SELECT layer, definition FROM meta.layer ORDER BY layer").fetchall())


def hash_expression(layer: Layer) -> str:
    """The row hash of a layer's columns, in an order that does not hang on the order in the file.

    PostgreSQL's own hash of a record; `loaders.row_hash` computes the same. `HASH` counts its changes.
    """
    names = ", ".join([*(quoted(name) for name in hashed_fields(layer)), "geom::bytea"])
    return f"hash_record_extended(ROW({names}), 0)"


def hashed_fields(layer: Layer) -> list[str]:
    """The fields in the order in which they are hashed; the geometry comes last."""
    return sorted(layer.fields)
