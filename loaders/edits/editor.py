"""From edits to a release, the whole story: look → make rows → stage with what is near → check → publish."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property

import numpy as np
import psycopg
import shapely
from psycopg import sql

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.edits import Author, Edit, Edited, Sight, Told
from gis_server.releases.publish import alone, make_release
from loaders.account import Account
from loaders.checks.bench import Bench
from loaders.checks.gate import Gate
from loaders.checks.registry import Code, read_codes
from loaders.checks.waivers import Waivers
from loaders.edits.near import NearGate, NearOthers, NearStaging
from loaders.edits.parts import Part, bundles, parts_of
from loaders.edits.present import Present, present, sources
from loaders.edits.rows import Row, row_of, table_of
from loaders.edits.shapes import in_stored_grid, with_known_points
from loaders.edits.taken import numbers, refuse_taken
from loaders.edits.verdict import refuse_faults, refuse_too_much, told
from loaders.outage import outages_in_words
from loaders.pipeline import PUBLISH
from loaders.progress import Steps
from loaders.records import EDITED, Record, record
from loaders.report import Report, as_json
from loaders.statements import statement

PATIENCE = "10s"
"""How long an edit waits for another publish to end; a caller who waits is told sooner than a delivery."""


@dataclass(frozen=True)
class GateEditor:
    """The service's editor: edits pass the gate of deliveries, and are published as these are."""

    catalog: Catalog
    database: Database

    def apply(self, edits: Sequence[Edit], author: Author) -> Edited:
        """Nobody else publishes from the first look at the features until they are edited."""
        with (
            self._booked(edits, author) as (book, steps),
            self.database.connect() as conn,
            NearStaging(self.database, book.load_id, self.catalog) as staging,
        ):
            with alone(conn, PATIENCE):
                done = self._edited(conn, staging, (edits, author), (book, steps))
            book.release = done.release
        return done

    def _edited(
        self,
        conn: psycopg.Connection,
        staging: NearStaging,
        asked: tuple[Sequence[Edit], Author],
        books: tuple[Record, Steps],
    ) -> Edited:
        (edits, author), (book, steps) = asked, books
        now = present(conn, edits, author)
        parts = parts_of(edits, now, self._rows(conn, edits, now, author))
        for part in parts:
            refuse_taken(conn, part, _sight(edits, part))
        with steps.step("kiểm tra · check", ""):
            self._stage(staging, parts)
            found = _check(self._gate(staging, author.source.id), book)
            refuse_too_much(conn, parts, found)
        release = self._publish(conn, staging, (parts, author), steps)
        return Edited(release, _numbers(conn, edits, parts), found)

    @contextmanager
    def _booked(self, edits: Sequence[Edit], author: Author) -> Iterator[tuple[Record, Steps]]:
        """Each attempt has its line in the log book: who, what, when, and what became of it; no values."""
        did, steps = [{"verb": edit.verb, "layer": edit.layer.id, "fid": edit.fid} for edit in edits], Steps(quiet=True)
        with outages_in_words(), record(self.database, who=author.who, profile=None, path=EDITED) as book:
            book.source = author.source.id
            book.report = as_json(Report(EDITED, author.source, False, Account())) | {"edits": did}
            yield book, steps
            book.report |= {"seconds": {name: round(value, 3) for name, value in steps.seconds.items()}}

    def _rows(
        self, conn: psycopg.Connection, edits: Sequence[Edit], now: Mapping[int, Present], author: Author
    ) -> Iterator[Row]:
        for place, edit in enumerate(edits):
            if edit.verb != "delete":
                before = None if edit.fid is None else now[edit.fid]
                row = row_of(place, edit, before, before.source if before else author.source.id)
                if edit.redraws:
                    row.shape = self._drawn(conn, edit, before)
                yield row

    def _drawn(self, conn: psycopg.Connection, edit: Edit, before: Present | None) -> shapely.Geometry | None:
        if edit.shape is None:
            return None
        moved = in_stored_grid(edit.shape, self.catalog.crs)
        if moved.is_empty:
            return None
        known = [] if before is None else [before.geom]
        if set(edit.layer.file.geometry) != {"Point"}:
            box = dict(zip(("west", "south", "east", "north"), moved.bounds, strict=True))
            query = statement("edit_near.sql", served=sql.Identifier(edit.layer.group, edit.layer.name))
            values = {**box, "srid": self.catalog.crs.stored}
            known += [shape for (shape,) in conn.execute(query, values, binary=True)]
        points = shapely.get_coordinates(shapely.from_wkb(np.array(known, dtype=object)))
        return with_known_points(edit.shape, moved, points, self.catalog.crs)

    def _stage(self, staging: NearStaging, parts: Sequence[Part]) -> None:
        layers = {part.layer.id: part.layer for part in parts}
        for layer in layers.values():
            some = [part for part in parts if part.layer == layer]
            rows = sorted((row for part in some for row in part.rows), key=lambda row: row.edit)
            replaced = [fid for part in some for fid in part.replaced]
            staging.take(layer, table_of(layer, rows, self.catalog.crs.stored), replaced)
        staging.finish()
        for layer in layers.values():
            mine = [row for part in parts if part.layer == layer for row in part.rows]
            staging.keep_drawings(layer, {row.edit: row.fid for row in mine if row.fid is not None})
            staging.surround(layer)
        staging.analyze()

    def _gate(self, staging: NearStaging, source: str) -> Gate:
        others = NearOthers(staging, source, replaced=staging.replaced)
        waivers = Waivers(self.catalog, self._codes, date.today())  # noqa: DTZ011 -- a waiver ends with the day here
        return NearGate(Bench(staging, self.catalog, source, others), self._codes, waivers)

    def _publish(
        self, conn: psycopg.Connection, staging: NearStaging, what: tuple[Sequence[Part], Author], steps: Steps
    ) -> int | None:
        parts, author = what
        tables = {layer.id: staging.sent(layer) for layer in staging.layers.values()}
        owners = sources(conn, author, {part.source for part in parts})
        words = {"who": author.who, "note": author.note}
        with steps.step(PUBLISH, ""):
            release = make_release(conn, bundles(conn, parts, tables, owners), words)
        if release is None:
            return None
        steps.part("vẽ sẵn · draw ahead", PUBLISH, release.drawing_s)
        return release.number

    @cached_property
    def _codes(self) -> Mapping[str, Code]:
        return read_codes()


def _sight(edits: Sequence[Edit], part: Part) -> Sight:
    return next(edit.sight for edit in edits if edit.layer == part.layer)


def _check(gate: Gate, book: Record) -> tuple[Told, ...]:
    """Each edit by itself, then, if all are sound, beside what is near; the findings stay with the attempt."""
    layers = list(gate.staging.layers.values())
    try:
        for layer in layers:
            gate.find(layer, None)
        refuse_faults(told(gate), gate)
        for layer in layers:
            gate.relate(layer)
        refuse_faults(told(gate), gate)
    finally:
        found = [one for layer in layers for also in (False, True) for one in gate.findings(layer, relations=also)]
        book.report = (book.report or {}) | {"findings": [asdict(one) for one in found]}
        gate.keep()
    return told(gate)


def _numbers(conn: psycopg.Connection, edits: Sequence[Edit], parts: Sequence[Part]) -> tuple[int, ...]:
    made = {place: fid for part in parts for place, fid in numbers(conn, part).items()}
    return tuple(made.get(place, edit.fid or 0) for place, edit in enumerate(edits))
