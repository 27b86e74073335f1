"""Drawing that begins before the publish: small layers that nothing was ever served of are drawn in processes beside a
load while it still checks and writes them. The publish takes what is drawn, and draws itself what is not.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from gis_server.catalog import Layer
from gis_server.db.database import Database
from gis_server.db.statements import literal, statement
from gis_server.drawing.block import Drawn
from gis_server.drawing.crew import Crew
from gis_server.drawing.labels import Label, Names
from gis_server.drawing.lettering import batches, named
from gis_server.drawing.rules import rule_of
from gis_server.drawing.sheet import SQL, Sheet
from gis_server.drawing.whole import MOST_BYTES, SHAPES, Whole

ENOUGH = 10_000
"""Rows of small layers, some seconds of drawing."""
MOST_ROWS = 60_000
"""A layer of more is hardly ever a small one."""
MOST_IN_ALL = 64_000_000
"""Bytes of shapes: what is drawn of them waits in memory for the publish."""


@dataclass(frozen=True)
class Begun:
    """A layer that is being drawn, as those see it who see all rows."""

    drawn: Future[Sequence[Drawn]]
    labels: Sequence[Future[Sequence[Label]]]


class HeadStart:
    """Within one load: `awake` when much will have to be drawn, `begin` when its rows are as they will be served."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._crew = Crew()
        self._reader = ThreadPoolExecutor(1)
        self._reading: Future[dict[str, Begun]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._reader.shutdown(wait=True, cancel_futures=True)
        self._crew.end()

    def awake(self, rows: Iterable[int]) -> None:
        """The processes begin, if layers of so many rows are worth it; one processor alone has none to spare."""
        if sum(count for count in rows if count <= MOST_ROWS) >= ENOUGH:
            self._crew.begin()

    def begin(self, layers: Sequence[tuple[Layer, str]], source: str) -> None:
        """Twins (quoted names) that will take the places of empty layers are read over a connection of its own."""
        if self._crew.hands:
            self._reading = self._reader.submit(self._read, layers, source)

    def begun(self) -> dict[str, Begun]:
        """By layer, what is drawn or being drawn."""
        return {} if self._reading is None else self._reading.result()

    def _read(self, layers: Sequence[tuple[Layer, str]], source: str) -> dict[str, Begun]:
        """The largest of the small layers first."""
        found, room = dict[str, Begun](), MOST_IN_ALL
        with self._database.connect() as conn:
            sizes = conn.execute(statement(SQL, "sizes"), {"tables": [twin for _, twin in layers]}).fetchall()
            for (size,), (layer, twin) in sorted(zip(sizes, layers, strict=True), key=lambda one: -one[0][0]):
                rule, shapes = rule_of(layer), int(size * SHAPES)
                if rule is not None and shapes <= min(MOST_BYTES, room):
                    found[layer.id] = self._drawing(Sheet(conn, layer, rule, _as_served(twin, source)))
                    room -= shapes
        return found

    def _drawing(self, sheet: Sheet) -> Begun:
        drawn = self._crew.submit(Whole(sheet.layer.id, sheet.rule, sheet.all()))
        labels = [] if sheet.rule.label is None else batches(named(sheet, None))
        return Begun(drawn, [self._crew.submit(Names(sheet.rule, rows)) for rows in labels])


def _as_served(twin: str, source: str) -> str:
    """Rows of a twin with what the publish will add to them."""
    return f"(SELECT *, _row AS fid, {literal(source)}::text AS source FROM {twin})"
