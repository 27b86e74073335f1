"""The thin front: kept tiles, and those of archives, are answered from the bytes of a request, before anyone else."""

import re
from collections.abc import Container, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from typing import NamedTuple

from starlette.datastructures import Headers

from gis_server.access.views import View
from gis_server.access.who import Doorkeeper
from gis_server.errors import MapError
from gis_server.tiles.address import read_address
from gis_server.tiles.answer import STALE, Answer, Asked, encoding_of
from gis_server.tiles.desk import Desk, State
from gis_server.tiles.entry import Encoding
from gis_server.tiles.supplied import Archives
from gis_server.tiles.supplied_answer import archive_answer, packing_of
from gis_server.tiles.wired import START, Form, answer_bytes, header_lines, tile_bytes
from gis_server.web.envelope import SECURITY
from gis_server.web.plain import LONGEST_LINE, VALUE, read_headers, read_line, without_known

NUMBERS = "([0-9]{1,2})/([0-9]{1,7})/([0-9]{1,7})"
TILE = re.compile(rf"/tiles/([^/%]+)/{NUMBERS}\.mvt", re.ASCII)
OGC = re.compile(rf"/(?:collections/([^/%]+)/tiles|tiles/([^/%]+))/WebMercatorQuad/{NUMBERS}", re.ASCII)
"""The same tiles by the addresses of OGC API Tiles: row before column, and a collection is never a map."""
ARCHIVE = re.compile(rf"/archives/([a-z0-9_]+)/{NUMBERS}\.([a-z]+)", re.ASCII)
KEY = re.compile(r"key=([A-Za-z0-9_-]{1,200})", re.ASCII)
END = b"\r\n\r\n"
MOST_LINES, MOST_CALLERS, MOST_SAME = 16_384, 1_024, 2_048
"""First lines, headers without If-None-Match, and whole requests that are remembered."""
NO_STATE: State = (None, 0, 0, False)
Place = tuple[str, tuple[int, int, int]]
"""Tileset, and z, x, y."""


class Target(NamedTuple):
    """What a first line asks for: a tile of ours, or one of an archive."""

    is_head: bool
    place: Place | None
    archived: tuple[str, ...]
    """Name, z, x, y and form; empty when it is one of ours."""
    key: str | None


class Told(NamedTuple):
    """What the headers of a caller say."""

    headers: Mapping[str, str]
    accepted: str
    encoding: Encoding
    key: str | None
    known: bytes | None
    """If-None-Match, where it was written in an unusual way."""
    is_foreign: bool
    """A page of another site asks."""
    public: tuple[Form, Form]
    """Of answers to whom everyone may be, without news of the database being away and with."""


class Front:
    """Answers GET and HEAD of kept tiles; everything else, and everything odd, is for the service to answer."""

    def __init__(self, desk: Desk, archives: Archives, door: Doorkeeper, shared: list[tuple[str, str]]) -> None:
        self._desk = desk
        self._archives = archives
        self._door = door
        self._shared = shared
        self._form = lru_cache(self._form_of)
        self._target = lru_cache(MOST_LINES)(partial(_target_of, desk.shelves.catalog.maps))
        self._told = lru_cache(MOST_CALLERS)(self._told_by)
        self._public = door.views["public"] if door.settings.anonymous_view == "public" else None
        self._same: dict[bytes, tuple[State, bytes]] = {}
        """Requests without a key that were answered 304: in which state, and what, without the stamp."""

    def answered(self, data: bytes, stamp: bytes) -> bytes | None:
        """The answer to one whole request, when it needs nobody else; it ends its headers with the stamp."""
        return self._as_before(data, stamp) if data in self._same else self._answered(data, stamp)

    def _as_before(self, data: bytes, stamp: bytes) -> bytes | None:
        """To a request that was answered 304: the same as long as nothing at all was written into the store."""
        state = self._desk.state()
        before, lines = self._same.pop(data)
        if before != state:
            found = self._answered(data, stamp)
            if found is None or data not in self._same:
                return found
            lines = found.removesuffix(stamp)
        self._same[data] = state, lines
        return lines + stamp

    def _answered(self, data: bytes, stamp: bytes) -> bytes | None:
        end = data.find(b"\r\n", 0, LONGEST_LINE)
        target = self._target(data[:end]) if end > 0 else None
        if target is None:
            return None
        rest, known = without_known(data[end:])
        told = self._told(rest)
        if told is None or (told.known is not None and known is not None):
            return None
        found = self._found(target, told, known or told.known, stamp)
        if found is None:
            return None
        if target.place is not None and told.key is target.key is None and found.startswith(START[304]):
            self._notice(data)
        return found[: found.index(END) + len(END)] if target.is_head else found

    def _notice(self, data: bytes) -> None:
        if len(self._same) >= MOST_SAME:
            self._same.clear()
        self._same[data] = NO_STATE, b""

    def _found(self, target: Target, told: Told, known: bytes | None, stamp: bytes) -> bytes | None:
        if told.key is target.key is None and self._public is not None:
            view, form = self._public, told.public[self._desk.stale and target.place is not None]
        else:
            asking = self._view(told, target)
            if asking is None:
                return None
            is_stale = self._desk.stale and target.place is not None
            view, form = asking, self._form(told.encoding, asking.is_public, told.is_foreign, is_stale)
        if target.place is None:
            return self._of_archive((view, target, told), form, known, stamp)
        release = self._desk.release
        return self._desk.kept(view, *target.place, lambda kept: tile_bytes(kept, release, form, known, stamp))

    def _form_of(self, encoding: Encoding, public: bool, is_foreign: bool, is_stale: bool) -> Form:
        """`is_foreign`: for callers from other sites what the service's CORS would add."""
        shared, stale = self._shared if is_foreign else [], STALE if is_stale else []
        return Form(encoding, public, header_lines([*SECURITY.items(), *shared, *stale]))

    def _of_archive(
        self, asked: tuple[View, Target, Told], form: Form, known: bytes | None, stamp: bytes
    ) -> bytes | None:
        """Only what is sent as it lies in the file; to pack it otherwise would keep others waiting."""
        if known is not None and not VALUE.fullmatch(known):
            return None
        with suppress(MapError):
            found = self._archived(*asked, None if known is None else known.decode("ascii"))
            return None if found is None else answer_bytes(found, form, stamp)
        return None

    def _archived(self, view: View, target: Target, told: Told, known: str | None) -> Answer | None:
        name, z, x, y, form = target.archived
        found = self._archives.find(view, name)
        kept = packing_of(found)
        encoding = encoding_of(told.accepted, kept)
        if form != found.rule.format or (form == "mvt" and encoding != kept):
            return None
        body = found.file.tile(read_address(z, x, y))
        return archive_answer(found, body, Asked(encoding, known, view.is_public))

    def _told_by(self, rest: bytes) -> Told | None:
        headers = read_headers(rest)
        if headers is None:
            return None
        accepted, known = headers.get("accept-encoding", ""), headers.get("if-none-match")
        tags = None if known is None else known.encode()
        encoding, is_foreign = encoding_of(accepted), "origin" in headers
        plain, stale = (self._form(encoding, True, is_foreign, one) for one in (False, True))
        return Told(headers, accepted, encoding, headers.get("bando-key"), tags, is_foreign, (plain, stale))

    def _view(self, told: Told, target: Target) -> View | None:
        """Whose tile it is; None for whoever needs a closer look, or an error."""
        key = target.key if told.key is None else told.key
        with suppress(MapError):
            return self._door.view_of(Headers(told.headers), key)
        return None


def _target_of(maps: Container[str], line: bytes) -> Target | None:
    read = read_line(line)
    if read is None:
        return None
    key = KEY.fullmatch(read.query)
    place = place_of(maps, read.path)
    archived = ARCHIVE.fullmatch(read.path) if place is None else None
    if (read.query and key is None) or (place is None and archived is None):
        return None
    return Target(read.is_head, place, archived.groups() if archived else (), key[1] if key else None)


def place_of(maps: Container[str], path: str) -> Place | None:
    """Tileset and z, x, y of a tile's address."""
    match = TILE.fullmatch(path)
    if match is not None:
        tileset, z, x, y = match.groups()
        return tileset, (int(z), int(x), int(y))
    match = OGC.fullmatch(path)
    if match is None:
        return None
    collection, tileset, z, y, x = match.groups()
    if collection is not None and collection in maps:
        return None
    return collection or tileset, (int(z), int(x), int(y))
