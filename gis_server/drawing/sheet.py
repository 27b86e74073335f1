"""The drawing tables of one layer as some views see it: what is read for a tile, and what is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from gis_server.catalog import Layer
from gis_server.db.statements import literal, quoted, statement
from gis_server.drawing.block import Alike, Drawn, Tile
from gis_server.drawing.change import Boxes
from gis_server.drawing.copied import END, HEAD
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.pieces import Row
from gis_server.drawing.rule import Rule

SQL = Path(__file__).parent / "sql"


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

    def near_hidden(self, frame: Frame, boxes: Boxes | None = None) -> set[Tile]:
        """Tiles of a frame that a row comes near to which is not seen here; only rows in some boxes, if given."""
        values = {
            **_sides(np.array([frame.box(REACH)]) if boxes is None else boxes),
            "zoom": frame.zoom,
            "reach": REACH,
        }
        names = {"table": self.table, "hidden": self.hidden or "false"}
        return set(self.conn.execute(statement(SQL, "near_hidden", **names), values).fetchall())

    @cached_property
    def all_near_hidden(self) -> set[Tile]:
        """All tiles of the highest zoom that a row comes near to which is not seen here."""
        names = {"table": self.table, "hidden": self.hidden or "false"}
        values = {"zoom": self.rule.high, "reach": REACH}
        return set(self.conn.execute(statement(SQL, "hidden", **names), values).fetchall())

    def differing(self, frame: Frame) -> set[Tile]:
        """Tiles of a frame that look different from those of all rows."""
        values = {**self._of(frame.zoom), **_range(frame)}
        return set(self.conn.execute(statement(SQL, "differing"), values).fetchall())

    def share(self, frame: Frame, tiles: set[Tile]) -> list[Tile]:
        """Take tiles of a frame from the sheet of all rows; answers which look different now: only these are copied."""
        changed = sorted(self.differing(frame) & tiles)
        if changed:
            self.remove(frame, changed)
            self.conn.execute(statement(SQL, "share"), {**self._of(frame.zoom), **_some(frame, changed)})
        if frame.zoom == self.rule.high:
            values = {**self._of(frame.zoom), **_some(frame, sorted(tiles))}
            self.conn.execute(statement(SQL, "share_account"), values)
            if self.rule.into_areas:
                self.conn.execute(statement(SQL, "note_shared"), values)
        return changed

    def renew(self, frame: Frame, alike: Sequence[Alike]) -> None:
        """Tiles that look as they did: their grounds, and of how much they are drawn."""
        values = {**self._of(frame.zoom), **_some(frame, [one.at for one in alike])}
        values |= {"areas": [one.area_in for one in alike], "grounds": [one.ground for one in alike]}
        self.conn.execute(statement(SQL, "renew"), values)

    def near(self, frame: Frame) -> list[Row]:
        """Served rows near a frame."""
        names = {"rows": self.rows, "tags": self.tags}
        west, south, east, north = frame.box(REACH)
        values = {"west": west, "south": south, "east": east, "north": north}
        return self._read(statement(SQL, "near", **names), values)

    def crowd(self, frame: Frame) -> list[Row]:
        """The same gathered by kinds: source, tags, then fids, lengths of shapes and shapes of all that say so."""
        by = "".join(f", served.{quoted(name)}" for name in self.rule.by)
        west, south, east, north = frame.box(REACH)
        values = {"west": west, "south": south, "east": east, "north": north}
        return self._read(statement(SQL, "crowd", rows=self.rows, tags=self.tags, by=by), values)

    def all(self) -> list[Row]:
        """Served rows."""
        return self._read(statement(SQL, "all", rows=self.rows, tags=self.tags), {})

    def near_boxes(self, boxes: Boxes) -> list[Row]:
        """Served rows near any of some boxes, each once."""
        rows = self._read(statement(SQL, "near_boxes", rows=self.rows, tags=self.tags), _sides(boxes))
        return list({row[0]: row for row in rows}.values())

    def grounds(self, frame: Frame, tiles: set[Tile]) -> dict[Tile, bytes]:
        """Of the tiles that keep one."""
        rows = self._read(statement(SQL, "grounds"), {**self._of(frame.zoom), **_some(frame, sorted(tiles))})
        return {(x, y): packed for x, y, packed in rows if packed is not None}

    def shared(self, frame: Frame) -> set[Tile]:
        """Tiles that were taken from the sheet of all rows."""
        return set(self._read(statement(SQL, "shared"), {**self._of(frame.zoom), **_range(frame)}))

    def below(self, frame: Frame) -> list[Row]:
        """Pieces of the next zoom, of the tiles in and around a frame, as far as they come near to it."""
        box = dict(zip(("box_west", "box_south", "box_east", "box_north"), frame.box(REACH), strict=True))
        return self._read(statement(SQL, "below"), {**self._of(frame.zoom + 1), **_range(frame.lower), **box})

    def _read(self, query: bytes, values: dict[str, Any]) -> list[Row]:
        with self.conn.cursor(binary=True) as cursor:
            return cursor.execute(query, values).fetchall()

    def digests(self, frame: Frame) -> dict[Tile, bytes]:
        """Of the tiles of a frame, as they are stored."""
        rows = self.conn.execute(statement(SQL, "digests"), {**self._of(frame.zoom), **_range(frame)}).fetchall()
        return {(x, y): bytes(digest) for x, y, digest in rows}

    def remove(self, frame: Frame, tiles: Sequence[Tile]) -> None:
        """Some tiles of a frame."""
        self.conn.execute(statement(SQL, "remove"), {**self._of(frame.zoom), **_some(frame, tiles)})

    def add(self, drawn: Sequence[Drawn]) -> None:
        """Write tiles where nothing is."""
        self._copy("copy_pieces", [one.pieces for one in drawn if one.pieces])
        self._copy("copy_tiles", [one.account for one in drawn])
        self._copy("copy_grounds", [one.ground for one in drawn if one.ground])

    def _copy(self, name: str, rows: list[bytes]) -> None:
        if rows:
            with self.conn.cursor() as cursor, cursor.copy(statement(SQL, name)) as copy:
                copy.write(HEAD + b"".join(rows) + END)

    def clear(self) -> None:
        self.conn.execute(statement(SQL, "clear"), {"layer": self.layer.id, "seen": self.seen})

    @property
    def key(self) -> dict[str, Any]:
        return {"layer": self.layer.id, "seen": self.seen}

    def _of(self, zoom: int) -> dict[str, Any]:
        return {**self.key, "zoom": zoom}

    @property
    def tags(self) -> str:
        """The fields that drawn things keep, as one JSON object."""
        return _tags(self.layer, self.rule.by)

    @property
    def label_tags(self) -> str:
        """The fields that labels keep: their own name among them, which areas of smaller scales do without."""
        return _tags(self.layer, dict.fromkeys((*self.rule.by, *filter(None, [self.rule.label]))))

    @property
    def name(self) -> str:
        """What labels say of a row."""
        assert self.rule.label is not None
        return f"({as_tag(self.layer, self.rule.label)})::text"


def _tags(layer: Layer, fields: Iterable[str]) -> str:
    pairs = ", ".join(f"{literal(name)}, {as_tag(layer, name)}" for name in fields)
    return f"jsonb_strip_nulls(jsonb_build_object({pairs}))"


def as_tag(layer: Layer, name: str) -> str:
    """A field in its MVT type: text, whole number, number, yes or no; dates and times as ISO 8601 text."""
    column, kind = f"served.{quoted(name)}", layer.fields[name].type
    if kind == "date":
        return f"to_char({column}, 'YYYY-MM-DD')"
    if kind == "datetime":
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    return column


def _range(frame: Frame) -> dict[str, int]:
    return {"west": frame.x, "east": frame.x + frame.wide - 1, "north": frame.y, "south": frame.y + frame.high - 1}


def _some(frame: Frame, tiles: Sequence[Tile]) -> dict[str, Any]:
    """Some tiles of a frame."""
    return {**_range(frame), "xs": [x for x, _ in tiles], "ys": [y for _, y in tiles]}


def _sides(boxes: Boxes) -> dict[str, list[float]]:
    """Each side of some boxes as an array."""
    return dict(zip(("west", "south", "east", "north"), boxes.T.tolist(), strict=True))
