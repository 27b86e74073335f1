"""A layer's served and history tables as SQLAlchemy tables, and the statements that make them."""

import hashlib
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from gis_server.catalog import Layer
from gis_server.catalog.crs import WEB_MERCATOR
from gis_server.db.shapes import CLEARANCE, COLUMN_TYPE, Shape, shape_of
from gis_server.db.statements import quoted

STORED = 9210
"""SRID of stored geometry; `layers/_crs.yaml` says the same, and a test holds the two together."""
LONGEST_NAME = 63


class _Stated(sa.types.UserDefinedType[Any]):
    """A type in PostgreSQL's own words."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


def table_of(layer: Layer) -> sa.Table:
    """The served table: what everyone sees now."""
    shape = shape_of(layer)
    required = [
        sa.CheckConstraint(f"{quoted(name)} IS NOT NULL", name=required_name(name))
        for name, column in shape.columns.items()
        if column.required
    ]
    return sa.Table(
        layer.name,
        sa.MetaData(),
        sa.Column("fid", sa.BigInteger, primary_key=True, server_default=sa.text("nextval('meta.fid')")),
        *_columns(layer),
        sa.Column(CLEARANCE, sa.REAL),
        sa.UniqueConstraint(*layer.key, name=short_name(f"{layer.name}_key")),
        sa.CheckConstraint(kinds_rule(shape), name=KINDS),
        *required,
        *(
            sa.Index(short_name(f"{layer.name}_{geom}"), geom, postgresql_using="gist")
            for geom in ("geom", "geom_3857")
        ),
        release_index(layer.name, "born"),
        schema=layer.group,
    )


def history_of(layer: Layer) -> sa.Table:
    """Versions that ended: each lived in releases born ≤ r < died."""
    name = f"{layer.group}__{layer.name}"
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("fid", sa.BigInteger, primary_key=True, autoincrement=False),
        *_columns(layer, born_in_key=True),
        sa.Column("died", sa.Integer, nullable=False),
        sa.Index(short_name(f"{name}_key"), *layer.key),
        sa.Index(short_name(f"{name}_geom"), "geom", postgresql_using="gist"),
        release_index(name, "died"),
        schema="history",
    )


def release_index(table: str, column: str) -> sa.Index:
    """Leads to the rows of one release: they lie together, so a page of ranges says where, and costs a load nothing."""
    return sa.Index(
        short_name(f"{table}_{column}"), column, postgresql_using="brin", postgresql_with={"pages_per_range": 32}
    )


def create_statements(layer: Layer) -> list[bytes]:
    """Schema, both tables and their indexes."""
    tables = (table_of(layer), history_of(layer))
    made = [f"CREATE SCHEMA IF NOT EXISTS {quoted(layer.group)}"]
    for table in tables:
        made.append(_compiled(CreateTable(table)))
        made += sorted(_compiled(CreateIndex(index)) for index in table.indexes)
    return [statement.encode() for statement in made]


def late_indexes(layer: Layer) -> list[bytes]:
    """Those that tables made by an earlier version may lack."""
    indexes = [*table_of(layer).indexes, *history_of(layer).indexes]
    return sorted(_compiled(CreateIndex(index, if_not_exists=True)).encode() for index in indexes)


KINDS = "kinds"
"""Name of the check that holds geometry to the layer's kinds, single or multi."""


def kinds_rule(shape: Shape) -> str:
    return f"GeometryType(geom) IN ({', '.join(repr(kind) for kind in geometry_types(shape))})"


def geometry_types(shape: Shape) -> list[str]:
    """PostGIS's names of the kinds, single and multi."""
    return [name for kind in shape.kinds for name in (kind.upper(), f"MULTI{kind.upper()}")]


def required_name(field: str) -> str:
    return short_name(f"{field} required")


def short_name(name: str) -> str:
    """Names longer than PostgreSQL keeps end in a hash instead of being cut alike."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    ending = hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: LONGEST_NAME - 9].decode(errors="ignore") + "_" + ending


def _columns(layer: Layer, *, born_in_key: bool = False) -> list[sa.Column[object]]:
    fields = [sa.Column(name, _Stated(COLUMN_TYPE[rule.type])) for name, rule in layer.fields.items()]
    return [
        sa.Column("born", sa.Integer, primary_key=born_in_key, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("hash", sa.BigInteger, nullable=False),
        *fields,
        sa.Column("geom", Geometry("GEOMETRY", STORED, spatial_index=False), nullable=False),
        sa.Column("geom_3857", Geometry("GEOMETRY", WEB_MERCATOR, spatial_index=False), nullable=False),
    ]


def _compiled(element: sa.schema.DDLElement) -> str:
    return str(element.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
