"""The thin front: kept tiles, and those of archives, are answered before the service is asked at all."""

import re
from collections.abc import Container, Sequence
from contextlib import suppress
from functools import lru_cache, partial

from starlette.datastructures import Headers

from gis_server.access.views import View
from gis_server.access.who import Doorkeeper
from gis_server.errors import MapError
from gis_server.tiles.address import read_address
from gis_server.tiles.answer import STALE, Answer, Asked, encoding_of
from gis_server.tiles.desk import Desk
from gis_server.tiles.supplied import Archives
from gis_server.tiles.supplied_answer import archive_answer, packing_of
from gis_server.web.envelope import HOST, SECURITY
from gis_server.web.rsgi import HTTPProtocol, RequestHeaders, Scope

NUMBERS = "([0-9]{1,2})/([0-9]{1,7})/([0-9]{1,7})"
TILE = re.compile(rf"/tiles/([^/]+)/{NUMBERS}\.mvt", re.ASCII)
OGC = re.compile(rf"/(?:collections/([^/]+)/tiles|tiles/([^/]+))/WebMercatorQuad/{NUMBERS}", re.ASCII)
"""The same tiles by the addresses of OGC API Tiles: row before column, and a collection is never a map."""
ARCHIVE = re.compile(rf"/archives/([a-z0-9_]+)/{NUMBERS}\.([a-z]+)", re.ASCII)
KEY = re.compile(r"key=([A-Za-z0-9_-]{1,200})", re.ASCII)
Place = tuple[str, tuple[int, int, int]]
"""Tileset, and z, x, y."""
PLAIN = [(name.lower(), value) for name, value in SECURITY.items()]
MOST_HOSTS = 1_000
MOST_PLACES = 16_384
"""Addresses whose parts are remembered."""


class Front:
    """Answers GET and HEAD of kept tiles; everything else, and everything odd, is for the service to answer."""

    def __init__(self, desk: Desk, archives: Archives, door: Doorkeeper, shared: list[tuple[str, str]]) -> None:
        self._desk = desk
        self._archives = archives
        self._door = door
        self._shared = [*PLAIN, *shared]
        """For callers from other sites: what the service's CORS would add."""
        self._place = lru_cache(MOST_PLACES)(partial(place_of, desk.shelves.catalog.maps))
        self._public = door.views["public"] if door.settings.anonymous_view == "public" else None
        self._hosts: set[str] = set()

    def answered(self, scope: Scope, protocol: HTTPProtocol) -> bool:
        """Whether this request needs nobody else."""
        path = scope.path
        place = self._place(path)
        supplied = ARCHIVE.fullmatch(path) if place is None else None
        if (place is None and supplied is None) or scope.method not in ("GET", "HEAD"):
            return False
        headers = scope.headers
        view = self._view(scope.query_string, headers)
        if view is None or not self._knows_host(headers):
            return False
        found = self._of_archive(view, supplied, headers) if place is None else self._kept(view, place, headers)
        if found is None:
            return False
        _send(scope.method, protocol, found, self._shared if "origin" in headers else PLAIN)
        return True

    def _kept(self, view: View, place: Place, headers: RequestHeaders) -> Answer | None:
        encoding = encoding_of(_joined(headers, "accept-encoding") or "")
        found = self._desk.kept(view, *place, Asked(encoding, _joined(headers, "if-none-match"), view.is_public))
        if found is not None and self._desk.stale:
            return found._replace(headers=found.headers + STALE)
        return found

    def _of_archive(self, view: View, match: "re.Match[str] | None", headers: RequestHeaders) -> Answer | None:
        """Only what is sent as it lies in the file; to pack it otherwise would keep others waiting."""
        if match is None:
            return None
        name, z, x, y, form = match.groups()
        with suppress(MapError):
            found = self._archives.find(view, name)
            kept = packing_of(found)
            encoding = encoding_of(_joined(headers, "accept-encoding") or "", kept)
            if form != found.rule.format or (form == "mvt" and encoding != kept):
                return None
            body = found.file.tile(read_address(z, x, y))
            return archive_answer(found, body, Asked(encoding, _joined(headers, "if-none-match"), view.is_public))
        return None

    def _view(self, query: str, headers: RequestHeaders) -> View | None:
        """Whose tile it is; None for whoever needs a closer look, or an error."""
        key = headers.get("bando-key")
        if query:
            match = KEY.fullmatch(query)
            if match is None:
                return None
            key = key or match[1]
        if key is None and self._public is not None:
            return self._public
        with suppress(MapError):
            return self._door.view_of(Headers(dict(headers.items())), key)
        return None

    def _knows_host(self, headers: RequestHeaders) -> bool:
        hosts = headers.get_all("host")
        if len(hosts) != 1:
            return False
        if hosts[0] not in self._hosts:
            if not HOST.fullmatch(hosts[0]):
                return False
            if len(self._hosts) < MOST_HOSTS:
                self._hosts.add(hosts[0])
        return True


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


def _send(method: str, protocol: HTTPProtocol, found: Answer, more: Sequence[tuple[str, str]]) -> None:
    headers = [*found.headers, *more]
    if not found.body:
        protocol.response_empty(found.status, headers)
    elif method == "HEAD":
        protocol.response_empty(found.status, [*headers, ("content-length", str(len(found.body)))])
    else:
        protocol.response_bytes(found.status, headers, found.body)


def _joined(headers: RequestHeaders, name: str) -> str | None:
    found = headers.get_all(name)
    if len(found) == 1:
        return found[0]
    return ",".join(found) if found else None
