"""What a layer file says about its fields, as conditions on staged rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import FieldRule


@dataclass(frozen=True)
class AttributeRule:
    """A field, and the expression that is true where its value is wrong."""

    code: str
    field: str
    holds: sql.Composed


def attribute_rules(layer: Layer, catalog: Catalog) -> list[AttributeRule]:
    return [rule for name, about in layer.fields.items() for rule in _rules(layer, name, about, catalog)]


def column(name: str) -> sql.Identifier:
    return sql.Identifier("staged", name)


def _rules(layer: Layer, name: str, about: FieldRule, catalog: Catalog) -> Iterator[AttributeRule]:
    if about.required or name in layer.key:
        yield AttributeRule("ATT-01", name, sql.SQL("{} IS NULL").format(column(name)))
    if about.domain is not None:
        codes = sql.Literal(list(catalog.domains[about.domain].values))
        yield AttributeRule("ATT-03", name, sql.SQL("coalesce({} <> ALL ({}), false)").format(column(name), codes))
    if about.length is not None:
        holds = sql.SQL("coalesce(char_length({}) > {}, false)").format(column(name), sql.Literal(about.length))
        yield AttributeRule("ATT-04", name, holds)
    if about.range is not None:
        low, high = (sql.Literal(limit) for limit in about.range)
        holds = sql.SQL("coalesce({} NOT BETWEEN {} AND {}, false)").format(column(name), low, high)
        yield AttributeRule("ATT-05", name, holds)
