"""The gate: finds what is wrong with staged rows, repairs what the profile allows, sets aside what cannot be served."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from gis_server.catalog import Layer
from gis_server.catalog.checks import DistinctCheck
from gis_server.db.shapes import hash_expression, measured
from loaders.checks.attributes import attribute_rules, column
from loaders.checks.bench import Bench, shown
from loaders.checks.consumers_left import find_emptied_fields_in_use
from loaders.checks.finding import Example, Finding, Located
from loaders.checks.last_release import compare_with_served
from loaders.checks.lines import find_along_lines
from loaders.checks.registry import Code
from loaders.checks.relations import relate
from loaders.checks.suspects import SLIVER_M
from loaders.checks.taken_back import find_taken_back
from loaders.checks.waivers import Waivers
from loaders.rows import LINE_BITS
from loaders.staging import Staging
from loaders.statements import statement

EXAMPLES = 5
MOST_KEPT = 10_000
"""Findings of one code and layer that stay with a load; the report says how many there were."""


@dataclass(frozen=True)
class Gate:
    """The checks of one load."""

    bench: Bench
    codes: Mapping[str, Code]
    waivers: Waivers

    @property
    def staging(self) -> Staging:
        return self.bench.staging

    def find(self, layer: Layer, repair: float | None) -> None:
        """Writes the findings of one layer's own rows, cheapest checks first."""
        rows = self.staging.suspects.rows
        for file in ("type", "empty") if layer.file.raster else ("type", "marks", "empty"):
            self._ask(file, layer, rows(layer, file))
        if layer.file.raster is not None:
            self.bench.run("raster", layer)
        self._attributes(layer)
        self._keys(layer)
        self._ask("kind", layer, rows(layer, "kind"), kinds=[kind.upper() for kind in layer.file.geometry])
        crs = self.bench.catalog.crs
        west, south, east, north = crs.file.extent
        box = {"west": west, "south": south, "east": east, "north": north}
        self._ask("extent", layer, rows(layer, "extent"), **box, srid=crs.stored)
        if layer.file.raster is None:  # footprints are drawn by us
            self._shapes(layer, repair)
        self.name_and_waive(layer)

    def relate(self, layer: Layer) -> None:
        """The layer's own `checks:`, and what its source serves now; nothing is asked of a layer without rows."""
        relate(self.bench, layer)
        compare_with_served(self.bench, layer)
        find_emptied_fields_in_use(self.bench, layer)
        find_taken_back(self.bench, layer)
        self.name_and_waive(layer)

    def set_aside(self, layer: Layer) -> int:
        """Takes rows with errors out of staging; how many."""
        if not self.bench.wrote(layer):
            return 0
        count = self.bench.run("set_aside", layer, errors=self._errors)
        if count:
            self.bench.thinned.add(layer.id)
        return count

    def lost_features(self) -> list[tuple[int, str, int]]:
        """Account line, code, count of the features of which no row is left."""
        parts = [
            sql.SQL("SELECT _feature FROM {}").format(self.staging.sent(layer))
            for layer in self.staging.layers.values()
        ]
        if not parts:
            return []
        conn, values = self.staging.conn, {"errors": self._errors, "line_bits": LINE_BITS}
        names = {"findings": self.staging.findings, "kept": sql.SQL(" UNION ALL ").join(parts)}
        faulty = [one for (one,) in conn.execute(statement("checks/faulty_features.sql", **names), values)]
        values["held"] = self.staging.held.features(faulty)
        return conn.execute(statement("checks/lost_features.sql", **names), values).fetchall()

    def findings(self, layer: Layer, *, relations: bool = False) -> list[Finding]:
        """What was found in a layer so far: in its own rows, or in relation to other layers."""
        query = statement("checks/counts.sql", findings=self.staging.findings)
        rows = self.staging.conn.execute(query, {"layer": layer.id, "relations": relations}).fetchall()
        return [
            Finding(layer.id, code, field, count, tuple(self._examples(layer, code, field)), waived)
            for code, field, count, waived in rows
        ]

    def layers_without_rows(self, layers: set[str]) -> list[Finding]:
        return [Finding(layer, "REL-03", None, 1, ()) for layer in sorted(layers)]

    def wrong_rows(self, severity: str) -> dict[str, int]:
        """Rows by layer with findings of a severity that nobody answers for; rows that came twice are not wrong."""
        wrong = [code for code, about in self.codes.items() if about.severity == severity]
        query = statement("checks/wrong_rows.sql", findings=self.staging.findings)
        return dict(self.staging.conn.execute(query, {"codes": wrong}).fetchall())

    def keep(self) -> None:
        """Writes the findings into the account books, linked to this load."""
        self.staging.conn.execute(statement("checks/forget.sql"), {"load_id": self.staging.load_id})
        query = statement("checks/keep.sql", findings=self.staging.findings)
        self.staging.conn.execute(query, {"load_id": self.staging.load_id, "most": MOST_KEPT})

    def located(self) -> list[Located]:
        """The findings as they are kept."""
        rows = self.staging.conn.execute(statement("checks/located.sql"), {"load_id": self.staging.load_id})
        return [Located(*row) for row in rows]

    def name_and_waive(self, layer: Layer) -> None:
        if self.bench.wrote(layer):
            self.bench.run("name_rows", layer, {"shown": shown(layer)})
            self.waivers.apply(self.bench, layer)

    def _ask(self, file: str, layer: Layer, rows: list[int], **values: Any) -> int:
        """Asks the database about suspects; most often there are none."""
        return self.bench.run(file, layer, rows=rows, **values) if rows else 0

    def _shapes(self, layer: Layer, repair: float | None) -> None:
        rows, surfaces = self.staging.suspects.rows, "Polygon" in layer.file.geometry
        invalid = rows(layer, "validity")
        if repair is not None and surfaces:
            self._ask("repair", layer, invalid, share=repair)
        self._ask("validity", layer, invalid)
        if surfaces:
            self._ask("slivers", layer, rows(layer, "slivers", "validity"), width_m=SLIVER_M)
        odd = rows(layer, "lines", "validity")
        find_along_lines(self.bench, layer, odd, repair=repair is not None)
        if repair is not None and odd:
            told = {"hash": sql.SQL(hash_expression(layer)), "measured": sql.SQL(measured("geom"))}
            self.bench.run("restate", layer, told, rows=odd)
        distinct = any(isinstance(check, DistinctCheck) for check in layer.file.checks)
        alike = self.staging.suspects.repeats(layer, "distinct")
        if distinct and (invalid or len(alike)):
            self.staging.bring(layer, None if invalid else alike)  # mended, a drawing may be like any other
            self.bench.run("distinct", layer, {"shown": shown(layer)})

    def _examples(self, layer: Layer, code: str, field: str | None) -> Iterator[Example]:
        query = statement("checks/examples.sql", findings=self.staging.findings)
        values = {"layer": layer.id, "code": code, "field": field, "limit": EXAMPLES}
        for row in self.staging.conn.execute(query, values):
            yield Example(*row)

    @property
    def _errors(self) -> list[str]:
        return [code for code, about in self.codes.items() if about.sets_aside]

    def _attributes(self, layer: Layer) -> None:
        rows = self.staging.suspects.rows(layer, "attributes")
        if not rows:
            return
        values = [
            sql.SQL("({}, {}, {}, {}::text)").format(
                sql.Literal(one.code), sql.Literal(one.field), one.holds, column(one.field)
            )
            for one in attribute_rules(layer, self.bench.catalog)
        ]
        self.bench.run("attributes", layer, {"rules": sql.SQL(", ").join(values)}, rows=rows)

    def _keys(self, layer: Layer) -> None:
        names, key = self._key_names(layer, layer.key), ", ".join(layer.key)
        again = self.staging.suspects.repeats(layer, "key")
        if len(again):
            self.staging.bring(layer, again)
            columns = sql.SQL(", ").join([column(name) for name in layer.fields])
            self.bench.run("repeated", layer, {**names, "columns": columns}, key=key)
            self.bench.run("unique", layer, names, key=key, code="ATT-06")
        if self.others_serve(layer):
            served = {"served": sql.Identifier(layer.group, layer.name), **names}
            self.bench.run("taken", layer, served, key=key, source=self.bench.source)
        for name in layer.fields:
            again = self.staging.suspects.repeats(layer, f"unique {name}")
            if len(again):
                self.staging.bring(layer, again)
                self.bench.run("unique", layer, self._key_names(layer, [name]), key=name, code="ATT-09")

    def others_serve(self, layer: Layer) -> bool:
        values = {"layer": layer.id, "source": self.bench.source}
        row = self.staging.conn.execute(statement("other_sources.sql"), values).fetchone()
        return row is not None and bool(row[0])

    def _key_names(self, layer: Layer, key: list[str]) -> dict[str, sql.Composable]:
        return {
            "key": sql.SQL(", ").join([column(name) for name in key]),
            "shown": sql.SQL(", ").join([column(name) for name in key]),
            "served_key": sql.SQL(", ").join([sql.Identifier("served", name) for name in key]),
        }
