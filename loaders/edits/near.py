"""The neighbourhood of edits as a delivery: edited rows, and around them, numbered −1, what is served there.

The gate looks at all of it and tells what it finds of the edited rows. So an edit in a city-sized layer costs what lies
around it, and is judged by the same statements as a delivery.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from psycopg import sql

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.checks import CorridorCheck, CoverageCheck, EndsCheck, NearCheck, SnappedCheck
from gis_server.db.database import Database
from loaders.checks.gate import Gate
from loaders.checks.others import NO_WIDTH, Others
from loaders.checks.relations import relate
from loaders.checks.suspects import Suspects
from loaders.staged_tables import create
from loaders.staging import Staging
from loaders.statements import statement
from loaders.wkb import Numbers

LEAST_REACH_M = 1.0
FAR_M = 250.0
"""Around an edit other layers are asked at least so far: half of the widest road reserve, and more."""


class NearSuspects(Suspects):
    """Nothing is ruled out beforehand: there are few rows, and their neighbours were not looked at here."""

    def misfits(self, layer: Layer) -> None:
        return None

    def repeats(self, layer: Layer, what: str) -> Numbers:
        return self.noted(layer, what) if what == "distinct" else super().repeats(layer, what)


class NearStaging(Staging):
    """Staging of edits. Their tables never take a layer's place."""

    def __init__(self, database: Database, load_id: int, catalog: Catalog) -> None:
        super().__init__(database, load_id, catalog)
        self.suspects = NearSuspects(catalog)
        self.replaced: dict[str, list[int]] = {}
        """Served features that edits change or end, by layer."""

    def take(self, layer: Layer, rows: pa.Table, replaced: Sequence[int]) -> None:
        """The edits of one layer."""
        self.layers[layer.id] = layer
        self.replaced[layer.id] = list(replaced)
        create(self.conn, self.sent(layer), layer, self.catalog.crs.stored)
        if rows.num_rows:
            self.add(layer, rows)

    def surround(self, layer: Layer) -> None:
        """Brings what is served near the edited rows, but for what they replace."""
        columns = [*(sql.Identifier(name) for name in layer.fields), sql.SQL("geom")]
        names = {
            "staged": self.sent(layer),
            "served": sql.Identifier(layer.group, layer.name),
            "columns": sql.SQL(", ").join(columns),
        }
        values = {"reach_m": reach_m(layer), "replaced": self.replaced[layer.id]}
        self.conn.execute(statement("edit_surround.sql", **names), values)

    def keep_drawings(self, layer: Layer, fids: Mapping[int, int]) -> None:
        """Rows, by number, of the features with these fids: where only fields change, nothing of the drawing does."""
        names = {"staged": self.sent(layer), "served": sql.Identifier(layer.group, layer.name)}
        values = {"rows": list(fids.keys()), "fids": list(fids.values())}
        self.conn.execute(statement("edit_same_drawing.sql", **names), values)


@dataclass(frozen=True)
class NearOthers(Others):
    """Other layers around the edits, as they will be."""

    replaced: dict[str, list[int]] = field(default_factory=dict)

    def has_none(self, other: Layer) -> bool:
        """That there is none near is a finding; that there is none at all says nothing."""
        served = sql.Identifier(other.group, other.name)
        row = self.staging.conn.execute(statement("edit_has_none.sql", served=served)).fetchone()
        return row is not None and bool(row[0])

    def features(self, other: Layer, width: str | None) -> sql.Composed:
        edited = self.staging.layers
        places = [
            sql.SQL("SELECT geom FROM {} WHERE _row >= 0").format(self.staging.sent(layer)) for layer in edited.values()
        ]
        names = {
            "width": NO_WIDTH if width is None else sql.SQL("{}::float8").format(sql.Identifier(width)),
            "served": sql.Identifier(other.group, other.name),
            "places": sql.SQL(" UNION ALL ").join(places),
            "reach_m": sql.Literal(max(FAR_M, *(reach_m(layer) for layer in edited.values()))),
            "replaced": sql.SQL("{}::bigint[]").format(sql.Literal(self.replaced.get(other.id, []))),
        }
        if other.id not in edited:
            return statement("edit_others.sql", **names)
        return statement("edit_others_edited.sql", staged=self.staging.sent(other), **names)


@dataclass(frozen=True)
class NearGate(Gate):
    """The gate before edits: it tells of the edited rows alone, and keys were asked about before."""

    def relate(self, layer: Layer) -> None:
        """Not against the last release: what is gone from there was ended by someone who meant it."""
        relate(self.bench, layer)
        self.name_and_waive(layer)

    def name_and_waive(self, layer: Layer) -> None:
        self.staging.conn.execute(statement("edit_forget_near.sql", findings=self.staging.findings))
        super().name_and_waive(layer)

    def others_serve(self, layer: Layer) -> bool:
        return False


def reach_m(layer: Layer) -> float:
    """How far from a feature the layer's checks look."""
    found = [LEAST_REACH_M]
    for check in layer.file.checks:
        match check:
            case CoverageCheck():
                found.append(2 * check.coverage.gap_m)
            case SnappedCheck():
                found.append(check.snapped.within_m)
            case NearCheck():
                found.append(check.near.within_m)
            case EndsCheck():
                found.append(check.ends.within_m)
            case CorridorCheck():
                found.append(check.corridor.slack_m)
            case _:
                pass
    return max(found) + LEAST_REACH_M
