"""The thin front: kept tiles are answered before the service is asked at all."""

import re
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gis_server.access.views import View
from gis_server.access.who import Doorkeeper
from gis_server.errors import MapError
from gis_server.tiles.answer import Asked, answer, encoding_of
from gis_server.tiles.desk import Desk
from gis_server.web.envelope import HOST, SECURITY

TILE = re.compile(r"/tiles/([^/]+)/([0-9]{1,2})/([0-9]{1,7})/([0-9]{1,7})\.mvt", re.ASCII)
KEY = re.compile(rb"key=([A-Za-z0-9_-]{1,200})")
PLAIN = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]
SHARED = [
    *PLAIN,
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Bando-Release, Bando-Stale, ETag, Content-Crs, Retry-After"),
]
MOST_HOSTS = 1_000


@dataclass
class _Read:
    """The headers of a request that matter here; unusual ones send it on to the service."""

    accept: bytes = b""
    known: bytes | None = None
    key: bytes | None = None
    host: bytes = b""
    hosts: int = 0
    origin: bool = False


class Front:
    """Answers GET and HEAD of kept tiles; everything else, and everything odd, goes on to the service."""

    def __init__(self, app: ASGIApp, desk: Desk, door: Doorkeeper) -> None:
        self.app = app
        self._desk = desk
        self._door = door
        self._public = None if door.settings.anonymous_view != "public" else door.views["public"]
        self._hosts: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            match = TILE.fullmatch(scope["path"])
            if match is not None and await self._answered(scope, match, send):
                return
        await self.app(scope, receive, send)

    async def _answered(self, scope: Scope, match: "re.Match[str]", send: Send) -> bool:
        if scope["method"] not in ("GET", "HEAD"):
            return False
        read = _read(scope["headers"])
        view = self._view(scope, read)
        if view is None or not self._known_host(read):
            return False
        tileset, z, x, y = match.groups()
        hit = self._desk.kept(view, tileset, (int(z), int(x), int(y)))
        if hit is None:
            return False
        asked = Asked(encoding_of(read.accept), read.known)
        found = answer(hit, asked, public=view.is_public, stale=self._desk.stale)
        headers = found.headers + (SHARED if read.origin else PLAIN)
        body = b"" if scope["method"] == "HEAD" else found.body
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return True

    def _view(self, scope: Scope, read: _Read) -> View | None:
        """Whose tile it is; None for whoever needs a closer look, or an error."""
        key, query = read.key, scope["query_string"]
        if query:
            match = KEY.fullmatch(query)
            if match is None:
                return None
            key = key or match[1]
        if key is None and self._public is not None:
            return self._public
        with suppress(MapError):
            return self._door.view_of(Headers(scope=scope), None if key is None else key.decode("latin-1"))
        return None

    def _known_host(self, read: _Read) -> bool:
        if read.host in self._hosts and read.hosts == 1:
            return True
        if read.hosts != 1 or not HOST.fullmatch(read.host.decode("latin-1")):
            return False
        if len(self._hosts) < MOST_HOSTS:
            self._hosts.add(read.host)
        return True


def _read(headers: list[tuple[bytes, bytes]]) -> _Read:
    read = _Read()
    for name, value in headers:
        if name == b"host":
            read.host, read.hosts = value, read.hosts + 1
        elif name == b"accept-encoding":
            read.accept = value if not read.accept else read.accept + b"," + value
        elif name == b"if-none-match":
            read.known = value if read.known is None else read.known + b"," + value
        elif name == b"bando-key":
            read.key = value
        elif name == b"origin":
            read.origin = True
    return read
