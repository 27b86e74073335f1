"""The drawing tables of one layer as some views see it: what is read for a tile, and what is written."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from gis_server.catalog import Layer
from gis_server.db.statements import literal, quoted, statement
from gis_server.drawing.frames import REACH, Frame, cut
from gis_server.drawing.pieces import Pieces, joined, nothing, pieces
from gis_server.drawing.rules import Rule

SQL = Path(__file__).parent / "sql"
Tile = tuple[int, int]
"""Column and row."""


@dataclass(frozen=True)
class Account:
    """What a tile's own square was given (told at the highest zoom only) and what it shows of it."""

    features_in: int
    area_in: float
    length_in: float
    features: int
    area: float
    length: float


@dataclass(frozen=True)
class Drawn:
    """A tile as it was just drawn."""

    frame: Frame
    pieces: Pieces
    account: Account


@dataclass(frozen=True)
class Sheet:
    """`table` holds all rows, those to be served; `seen` names the way of seeing them in the drawing tables."""

    conn: psycopg.Connection
    layer: Layer
    rule: Rule
    table: str
    seen: str = ""
    hidden: str | None = None
    """The condition of rows that are not seen; None where all are."""

    @property
    def rows(self) -> str:
        """What a FROM takes as the rows that are seen."""
        return self.table if self.hidden is None else f"(SELECT * FROM {self.table} WHERE ({self.hidden}) IS NOT TRUE)"

    def blocks(self, zoom: int) -> list[Tile]:
        """Tiles of a zoom that any row comes near to."""
        return self.conn.execute(statement(SQL, "blocks", rows=self.rows), {"zoom": zoom}).fetchall()

    def tiles_of_all(self, zoom: int) -> set[Tile]:
        """Tiles of the sheet of all rows."""
        return set(self.conn.execute(statement(SQL, "tiles_of_all"), self._of(zoom)).fetchall())

    def near_hidden(self, frame: Frame) -> set[Tile]:
        """Tiles of a frame that a row comes near to which is not seen here."""
        west, south, east, north = frame.box(REACH)
        values = {"west": west, "south": south, "east": east, "north": north, "zoom": frame.zoom, "reach": REACH}
        names = {"table": self.table, "hidden": self.hidden or "false"}
        return set(self.conn.execute(statement(SQL, "near_hidden", **names), values).fetchall())

    def differing(self, frame: Frame) -> set[Tile]:
        """Tiles of a frame that look different from those of all rows."""
        values = {**self._of(frame.zoom), **_range(frame)}
        return set(self.conn.execute(statement(SQL, "differing"), values).fetchall())

    def share(self, frame: Frame, tiles: set[Tile]) -> list[Tile]:
        """Take tiles of a frame from the sheet of all rows; answers which look different now."""
        some = sorted(tiles)
        changed = sorted(self.differing(frame) & tiles)
        self.remove(frame, some)
        values = {**self._of(frame.zoom), **_range(frame), "xs": [x for x, _ in some], "ys": [y for _, y in some]}
        self.conn.execute(statement(SQL, "share"), values)
        return changed

    def served(self, frame: Frame, reach: float) -> Pieces:
        """Rows near a frame."""
        names = {"rows": self.rows, "tags": self._tags()}
        west, south, east, north = frame.box(reach)
        values = {"west": west, "south": south, "east": east, "north": north}
        with self.conn.cursor(binary=True) as cursor:
            rows = cursor.execute(statement(SQL, "near", **names), values).fetchall()
        if not rows:
            return nothing()
        fid, source, tags, shapes = _columns(rows)
        said = (np.ones(len(rows), dtype=np.int64), source, tags)
        return pieces(shapely.from_wkb(shapes), fid.astype(np.int64), said)

    def below(self, frame: Frame) -> Pieces:
        """What the tiles of the next zoom show in their own squares, of those in a frame of that zoom."""
        values = {**self._of(frame.zoom), **_range(frame)}
        with self.conn.cursor(binary=True) as cursor:
            rows = cursor.execute(statement(SQL, "below"), values).fetchall()
        if not rows:
            return nothing()
        x, y, fid, stands_for, source, tags, shapes = _columns(rows)
        x, y = x.astype(np.int64), y.astype(np.int64)
        said = (stands_for.astype(np.int64), source, tags)
        found = pieces(shapely.from_wkb(shapes), fid.astype(np.int64), said)
        parts = []
        for column, row in sorted(set(zip(x.tolist(), y.tolist(), strict=True))):
            parts.append(_own(found.chosen((x == column) & (y == row)), Frame(frame.zoom, column, row)))
        whole = joined(parts)
        return whole.chosen(np.argsort(whole.fid, kind="stable"))

    def digests(self, frame: Frame) -> dict[Tile, bytes]:
        """Of the tiles of a frame, as they are stored."""
        rows = self.conn.execute(statement(SQL, "digests"), {**self._of(frame.zoom), **_range(frame)}).fetchall()
        return {(x, y): bytes(digest) for x, y, digest in rows}

    def remove(self, frame: Frame, tiles: Sequence[Tile]) -> None:
        """Some tiles of a frame."""
        values = {**self._of(frame.zoom), **_range(frame), "xs": [x for x, _ in tiles], "ys": [y for _, y in tiles]}
        self.conn.execute(statement(SQL, "remove"), values)

    def add(self, drawn: Sequence[Drawn]) -> None:
        """Write tiles where nothing is."""
        with self.conn.cursor() as cursor, cursor.copy(statement(SQL, "copy_pieces")) as copy:
            for row in self._piece_rows(drawn):
                copy.write_row(row)
        with self.conn.cursor() as cursor, cursor.copy(statement(SQL, "copy_tiles")) as copy:
            for one in drawn:
                copy.write_row(self._tile_row(one))

    def clear(self) -> None:
        self.conn.execute(statement(SQL, "clear"), {"layer": self.layer.id, "seen": self.seen})

    def _piece_rows(self, drawn: Sequence[Drawn]) -> Iterator[tuple[Any, ...]]:
        for one in drawn:
            shown, frame = one.pieces, one.frame
            shapes = shapely.to_wkb(shapely.set_srid(shown.shape, 3857), hex=True, include_srid=True)
            columns = (shown.fid.tolist(), shown.stands_for.tolist(), shown.source, shown.tags, shapes)
            for row in zip(*columns, strict=True):
                yield (self.layer.id, self.seen, frame.zoom, frame.x, frame.y, *row)

    def _tile_row(self, one: Drawn) -> tuple[Any, ...]:
        frame, shown = one.frame, one.pieces
        size = int(shapely.get_num_coordinates(shown.shape).sum())
        key = (self.layer.id, self.seen, frame.zoom, frame.x, frame.y)
        return (*key, shown.digest(), len(shown), size, *astuple(one.account))

    def _of(self, zoom: int) -> dict[str, Any]:
        return {"layer": self.layer.id, "seen": self.seen, "zoom": zoom}

    def _tags(self) -> str:
        pairs = ", ".join(f"{literal(name)}, {as_tag(self.layer, name)}" for name in self.rule.by)
        return f"jsonb_strip_nulls(jsonb_build_object({pairs}))"


def as_tag(layer: Layer, name: str) -> str:
    """A field in its MVT type: text, whole number, number, yes or no; dates and times as ISO 8601 text."""
    column, kind = f"served.{quoted(name)}", layer.fields[name].type
    if kind == "date":
        return f"to_char({column}, 'YYYY-MM-DD')"
    if kind == "datetime":
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    return column


def _own(found: Pieces, frame: Frame) -> Pieces:
    """What of a tile's pieces lies in its own square; each is counted there."""
    points = shapely.get_dimensions(found.shape) == 0
    found = found.chosen(~points | frame.holds(found.anchor))
    west, south, east, north = frame.box()
    middle = np.tile([(west + east) / 2, (south + north) / 2], (len(found), 1))
    own = Pieces(found.shape, found.fid, found.stands_for, found.source, found.tags, middle)
    return own.shaped(cut(own.shape, frame.box()))


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    table = np.empty((len(rows[0]), len(rows)), dtype=object)
    for number, column in enumerate(zip(*rows, strict=True)):
        table[number, :] = column
    return list(table)


def _range(frame: Frame) -> dict[str, int]:
    return {"west": frame.x, "east": frame.x + frame.wide - 1, "north": frame.y, "south": frame.y + frame.high - 1}
