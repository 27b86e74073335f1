"""The gate: finds what is wrong with staged rows, repairs what the profile allows, sets aside what cannot be served."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import InsideCheck
from loaders.checks.attributes import attribute_rules, column
from loaders.checks.others import Others
from loaders.checks.registry import Code
from loaders.rows import LINE_BITS
from loaders.staging import Staging
from loaders.statements import statement

EXAMPLES = 5


@dataclass(frozen=True)
class Finding:
    """How often a code was found in a layer (and field), with some examples."""

    layer: str
    code: str
    field: str | None
    count: int
    examples: tuple["Example", ...]


@dataclass(frozen=True)
class Example:
    """One row with a finding: its key, the value in question, and where (stored grid, metres)."""

    key: str
    value: str | None
    x: float | None
    y: float | None


@dataclass(frozen=True)
class Gate:
    """The checks of one load."""

    staging: Staging
    catalog: Catalog
    codes: Mapping[str, Code]
    source: str
    others: Others

    def find(self, layer: Layer, repair: float | None) -> None:
        """Writes the findings of one layer's own rows, cheapest checks first."""
        for file in ("type", "marks", "empty"):
            self._run(file, layer)
        self._attributes(layer)
        self._keys(layer)
        self._run("kind", layer, kinds=[kind.upper() for kind in layer.file.geometry])
        west, south, east, north = self.catalog.crs.file.extent
        self._run("extent", layer, west=west, south=south, east=east, north=north, srid=self.catalog.crs.stored)
        if repair is not None and "Polygon" in layer.file.geometry:
            self._run("repair", layer, share=repair)
        self._run("validity", layer)

    def relate(self, layer: Layer) -> None:
        """The layer's own `checks:` against other layers, as warnings; nothing is asked of a layer without rows."""
        for check in layer.file.checks:
            other = self.catalog[check.inside if isinstance(check, InsideCheck) else check.near.layer]
            pieces = self.others.pieces(other)
            if pieces is None:
                continue
            if isinstance(check, InsideCheck):
                self._run("inside", layer, {"others": pieces}, other=other.id)
            else:
                self._run("near", layer, {"others": pieces}, other=other.id, within_m=check.near.within_m)

    def set_aside(self, layer: Layer) -> int:
        """Takes rows with errors out of staging; how many."""
        return self._run("set_aside", layer, errors=self._errors)

    def lost_features(self) -> list[tuple[int, str, int]]:
        """Account line, code, count of the features of which no row is left."""
        parts = [
            sql.SQL("SELECT _feature FROM {}").format(self.staging.table(layer))
            for layer in self.staging.layers.values()
        ]
        if not parts:
            return []
        query = statement(
            "checks/lost_features.sql", findings=self.staging.findings, kept=sql.SQL(" UNION ALL ").join(parts)
        )
        values = {"errors": self._errors, "line_bits": LINE_BITS}
        return [(line, code, count) for line, code, count in self.staging.conn.execute(query, values)]

    def findings(self, layer: Layer, *, relations: bool = False) -> list[Finding]:
        """What was found in a layer so far: in its own rows, or in relation to other layers."""
        query = statement("checks/counts.sql", findings=self.staging.findings)
        rows = self.staging.conn.execute(query, {"layer": layer.id, "relations": relations}).fetchall()
        return [
            Finding(layer.id, code, field, count, tuple(self._examples(layer, code, field)))
            for code, field, count in rows
        ]

    def layers_without_rows(self, layers: set[str]) -> list[Finding]:
        return [Finding(layer, "REL-03", None, 1, ()) for layer in sorted(layers)]

    def wrong_rows(self) -> int:
        """Rows that an error sets aside; rows that merely came twice are not among them."""
        wrong = [code for code, about in self.codes.items() if about.severity == "error"]
        query = statement("checks/wrong_rows.sql", findings=self.staging.findings)
        row = self.staging.conn.execute(query, {"errors": wrong}).fetchone()
        return 0 if row is None else int(row[0])

    def _examples(self, layer: Layer, code: str, field: str | None) -> Iterator[Example]:
        names = {**self._key_names(layer, layer.key), "staged": self.staging.table(layer)}
        names.pop("served_key"), names.pop("key")
        query = statement("checks/examples.sql", findings=self.staging.findings, **names)
        values = {"layer": layer.id, "code": code, "field": field, "limit": EXAMPLES}
        for row in self.staging.conn.execute(query, values):
            yield Example(*row)

    @property
    def _errors(self) -> list[str]:
        return [code for code, about in self.codes.items() if about.sets_aside]

    def _attributes(self, layer: Layer) -> None:
        rules = attribute_rules(layer, self.catalog)
        if not rules:
            return
        values = [
            sql.SQL("({}, {}, {}, {}::text)").format(
                sql.Literal(one.code), sql.Literal(one.field), one.holds, column(one.field)
            )
            for one in rules
        ]
        either = sql.SQL(" OR ").join([one.holds for one in rules])
        self._run("attributes", layer, {"rules": sql.SQL(", ").join(values), "any": either})

    def _keys(self, layer: Layer) -> None:
        names = self._key_names(layer, layer.key)
        columns = sql.SQL(", ").join([column(name) for name in layer.fields])
        self._run("repeated", layer, {**names, "columns": columns}, key=", ".join(layer.key))
        self._run("unique", layer, names, key=", ".join(layer.key), code="ATT-06")
        served = {"served": sql.Identifier(layer.group, layer.name), **names}
        self._run("taken", layer, served, key=", ".join(layer.key), source=self.source)
        for name, about in layer.fields.items():
            if about.unique and layer.key != [name]:
                self._run("unique", layer, self._key_names(layer, [name]), key=name, code="ATT-09")

    def _key_names(self, layer: Layer, key: list[str]) -> dict[str, sql.Composable]:
        return {
            "key": sql.SQL(", ").join([column(name) for name in key]),
            "shown": sql.SQL(", ").join([column(name) for name in key]),
            "served_key": sql.SQL(", ").join([sql.Identifier("served", name) for name in key]),
        }

    def _run(self, file: str, layer: Layer, names: Mapping[str, sql.Composable] | None = None, **values: Any) -> int:
        known = {"findings": self.staging.findings, "staged": self.staging.table(layer), **(names or {})}
        return self.staging.conn.execute(
            statement(f"checks/{file}.sql", **known), {"layer": layer.id, **values}
        ).rowcount
