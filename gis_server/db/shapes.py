"""The shape of a layer's tables as data: only what tables depend on, so that titles and styles change freely."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from gis_server.catalog import Layer
from gis_server.catalog.model import FieldType

COLUMN_TYPE: Mapping[FieldType, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "code": sa.Text(),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "datetime": sa.DateTime(timezone=True),
}
WIDENINGS = {("BIGINT", "DOUBLE PRECISION")}
"""Changes of type that lose nothing."""
HASH = 2
"""Which way rows are hashed; stored hashes of another way are made anew by the migration. 1: of the row's text."""


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

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Shape":
        columns = {name: Column(**column) for name, column in content["columns"].items()}
        return cls(columns, list(content["key"]), list(content["kinds"]), content.get("hash", 1))


def shape_of(layer: Layer) -> Shape:
    """Order of fields and kinds does not matter to tables, so it does not matter here."""
    columns = {
        name: Column(sql_type(rule.type), rule.required or name in layer.key)
        for name, rule in sorted(layer.fields.items())
    }
    return Shape(columns, list(layer.key), sorted(layer.file.geometry))


def sql_type(kind: FieldType) -> str:
    return COLUMN_TYPE[kind].compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
