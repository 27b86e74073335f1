"""PMTiles of a tileset and area, of one release: one file that a portal, a desktop GIS or a field tablet reads."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import asyncpg
from pmtiles.tile import Compression, TileType
from pmtiles.writer import Writer

from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import text
from gis_server.errors import SettingInvalid
from gis_server.releases.snapshot import Snapshot, snapshot
from gis_server.tiles.address import TileAddress
from gis_server.tiles.entry import Entry, entry_of
from gis_server.tiles.render import draw_on
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.statement import tile_statements
from gis_server.tiles.tilejson import CITY, tilejson
from gis_server.tiles.walk import Area, Asks, Box, holds_statement, place_in_archive, walk
from gis_server.web.state import LayerState, LayerStates, joined_bounds

E7 = 10_000_000
SQL = Path(__file__).parent / "sql"
KIND = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}
SOURCE_FACTS = ("id", "title", "licence", "attribution", "synthetic")


async def export(
    pool: asyncpg.Pool, catalog: Catalog, shelf: Shelf, area: Area, path: Path
) -> AsyncIterator[tuple[int, int]]:
    """Write the archive; yields the zoom and how many tiles were drawn just now.

    It is read in one snapshot, so it belongs to one release, which its metadata names. Empty tiles are left out.
    """
    async with snapshot(pool) as snap:
        states = await LayerStates().of(snap, shelf.view, [drawn.layer for drawn in shelf.tileset.layers])
        about = _within(tilejson(catalog, shelf.tileset, states, ""), area)
        with path.open("wb") as file, archive_writer(file) as writer:
            async for some in walk(shelf, area, asks_of(snap.conn, shelf)):
                for at, entry in some:
                    if not entry.empty:
                        writer.write_tile(place_in_archive(at), entry.gzip)
                if some:
                    yield some[0][0].z, len(some)
            if not writer.addressed_tiles:
                raise _nothing_there(shelf)
            writer.finalize({**header_of(about), **KIND}, {**about, **await _told(snap, shelf, states)})


async def known_box(snap: Snapshot, shelf: Shelf) -> Box:
    """Where the tileset's data lie."""
    states = await LayerStates().of(snap, shelf.view, [drawn.layer for drawn in shelf.tileset.layers])
    return joined_bounds(states) or CITY


async def _told(snap: Snapshot, shelf: Shelf, states: Mapping[str, LayerState]) -> dict[str, Any]:
    """What an archive says of itself beside its TileJSON: its release, and how sure we are of each layer."""
    published = await snap.conn.fetchval(text(SQL, "published_at"), snap.release)
    layers = [drawn.layer for drawn in shelf.tileset.layers if drawn.layer.id in states]
    return {
        "bando:release": snap.release,
        "bando:published_at": published.isoformat(timespec="seconds"),
        "bando:view": shelf.view.name,
        "bando:layers": {layer.id: _layer(layer, states[layer.id]) for layer in layers},
    }


def _layer(layer: Layer, state: LayerState) -> dict[str, Any]:
    return {
        "title": layer.file.title.model_dump(),
        "steward": layer.file.steward,
        "evidence": layer.file.evidence,
        "scale": list(layer.file.scale),
        "release": state.release,
        "published_at": state.published_at.isoformat(timespec="seconds"),
        "synthetic": any(source["synthetic"] for source in state.sources),
        "sources": [{name: source[name] for name in SOURCE_FACTS} for source in state.sources],
    }


@contextmanager
def archive_writer(file: IO[bytes]) -> Iterator[Any]:
    """Tiles wait beside the archive until its directory is known, not in the machine's own temporary folder."""
    writer: Any = Writer(file)  # type: ignore[no-untyped-call]
    writer.tile_f.close()
    with tempfile.TemporaryFile(dir=Path(file.name).parent) as writer.tile_f:
        yield writer


def _nothing_there(shelf: Shelf) -> SettingInvalid:
    name = shelf.tileset.id
    return SettingInvalid(
        f"“{name}” không có gì để xuất trong vùng và các mức phóng này. Hãy xem lại --bbox, --place, --zoom.",
        f"There is nothing of “{name}” in this area at these zooms. Look at --bbox, --place, --zoom again.",
    )


def asks_of(conn: asyncpg.Connection, shelf: Shelf) -> Asks:
    """One connection, one question at a time."""
    lock = asyncio.Lock()
    holding = holds_statement(shelf)

    async def draw(at: TileAddress) -> Entry:
        async with lock:
            tile = await draw_on(conn, tile_statements(shelf.tileset.at(at.z), at.z), at)
        return entry_of(tile.release, tile.body)

    async def holds(at: TileAddress) -> bool:
        async with lock:
            return bool(await conn.fetchval(holding, at.z, at.x, at.y))

    return Asks(draw, holds)


def _within(about: dict[str, Any], area: Area) -> dict[str, Any]:
    """The TileJSON of what the archive holds; where its tiles are, nobody knows."""
    low, high = max(about["minzoom"], area.low), min(about["maxzoom"], area.high)
    told = {name: value for name, value in about.items() if name not in ("tiles", "scheme", "center")}
    return {**told, "minzoom": low, "maxzoom": high, "bounds": list(area.box or about["bounds"])}


def header_of(about: Mapping[str, Any]) -> dict[str, int]:
    """Where the tiles of a TileJSON lie, as the header of an archive says it."""
    west, south, east, north = about["bounds"]
    corners = {"min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north}
    middle = {"center_lon_e7": (west + east) / 2, "center_lat_e7": (south + north) / 2}
    zoom = max(about["minzoom"], min(about["maxzoom"], 12))
    return {name: round(degrees * E7) for name, degrees in (corners | middle).items()} | {"center_zoom": zoom}
