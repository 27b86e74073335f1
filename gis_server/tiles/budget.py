"""What tiles weigh: the fullest of each zoom, drawn as a caller would get it, and what it shows of the features."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from gis_server.db.statements import text
from gis_server.drawing.rules import rule_of
from gis_server.tiles.statement import MANNERS, MOST_BYTES, Manner, tile_statements
from gis_server.tiles.tilesets import Drawn, Tileset

SQL = Path(__file__).parent / "sql"
MOST_FEATURES = 200_000
"""Of one tile."""
DEEPEST = 17
"""Deeper tiles hold less of the same."""
TRIED = 2
"""Tiles of a zoom that are drawn: where the most corners lie is not always where the most bytes are."""
_FEATURE, _LAYER = 2 << 3 | 2, 3 << 3 | 2


@dataclass(frozen=True)
class Kept:
    """Of a layer's features at one zoom: how many are there, in how many things, and shares of area and length."""

    features_in: int
    features: int
    things: int
    area: float | None
    length: float | None


@dataclass(frozen=True)
class Weight:
    """The heaviest tile of a zoom; `kept` where a single layer is drawn ahead."""

    zoom: int
    x: int
    y: int
    size: int
    features: int
    manner: Manner = MANNERS[0]
    """A coarser one where it would be too heavy."""
    kept: Kept | None = None

    @property
    def is_over(self) -> bool:
        return self.size > MOST_BYTES or self.features > MOST_FEATURES


def weights(conn: psycopg.Connection, tileset: Tileset) -> Iterator[Weight]:
    """From the lowest zoom down; a zoom at which nothing is left to be seen weighs nothing, and says so."""
    low, high = tileset.zoom
    for zoom in range(low, min(high, DEEPEST) + 1):
        drawn = tileset.at(zoom)
        full = sum((_fullest(conn, one, zoom) for one in drawn), Counter[tuple[int, int]]())
        tiles = [at for at, _ in full.most_common(TRIED)] or [(0, 0)]
        heaviest = max((_weigh(conn, drawn, (zoom, *at)) for at in tiles), key=lambda weight: weight.size)
        alone = len(tileset.layers) == 1 and _is_ahead(drawn[0], zoom)
        yield replace(heaviest, kept=_kept(conn, drawn[0], zoom) if alone else None)


def _fullest(conn: psycopg.Connection, drawn: Drawn, zoom: int) -> Counter[tuple[int, int]]:
    """Tiles of a zoom with the most corners of a layer."""
    values = {"layer": drawn.layer.id, "seen": drawn.seen, "zoom": zoom}
    if _is_ahead(drawn, zoom):
        rows = conn.execute(text(SQL, "fullest_drawn").encode(), values).fetchall()
    else:
        rows = conn.execute(text(SQL, "fullest_served", rows=drawn.rows).encode(), {"zoom": zoom}).fetchall()
    return Counter({(x, y): corners for x, y, corners in rows})


def _is_ahead(drawn: Drawn, zoom: int) -> bool:
    """Whether tiles of the zoom are drawn at publishing."""
    rule = rule_of(drawn.layer)
    return rule is not None and zoom <= rule.high


def _weigh(conn: psycopg.Connection, drawn: tuple[Drawn, ...], at: tuple[int, int, int]) -> Weight:
    """As callers get it: on a coarser grid where it would be too heavy."""
    for manner, statement in zip(MANNERS, tile_statements(drawn, at[0]), strict=True):
        row = psycopg.RawCursor(conn).execute(statement.encode(), at).fetchone()
        assert row is not None
        weight = Weight(*at, len(row[1]), count_features(bytes(row[1])), manner)
        if weight.size <= MOST_BYTES:
            break
    return weight


def _kept(conn: psycopg.Connection, drawn: Drawn, zoom: int) -> Kept | None:
    values = {"layer": drawn.layer.id, "seen": drawn.seen, "zoom": zoom}
    row = conn.execute(text(SQL, "kept").encode(), values).fetchone()
    return None if row is None or row[0] is None else Kept(*row)


def count_features(tile: bytes) -> int:
    """Features in all layers of a vector tile."""
    return sum(1 for layer in _fields(tile, _LAYER) for _ in _fields(layer, _FEATURE))


def _fields(message: bytes, wanted: int) -> Iterator[bytes]:
    """The length-delimited fields of a protobuf message that bear a tag; others are passed over."""
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        length, begin = _number(message, at)
        at = begin + length if tag & 7 == 2 else begin
        if tag == wanted:
            yield message[begin:at]


def _number(message: bytes, at: int) -> tuple[int, int]:
    """A varint, and where it ends."""
    number, shift = 0, 0
    while True:
        byte = message[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
