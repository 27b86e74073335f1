"""The hatch: ordinary requests for tiles that are not kept reach the desk without FastAPI's routing and validation."""

from contextlib import suppress

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from gis_server.access.views import View
from gis_server.access.who import Doorkeeper
from gis_server.errors import MapError
from gis_server.tiles.address import HIGHEST_ZOOM, TileAddress
from gis_server.tiles.desk import Desk
from gis_server.tiles.front import KEY, Place, place_of
from gis_server.tiles.routes import tile_answer
from gis_server.tiles.shelves import Shelf
from gis_server.web.asking import pool_of


class Hatch(BaseRoute):
    """A route ahead of all others, which takes only what a tile will come of.

    What is odd or wrong is left to the routes that describe themselves to FastAPI: they know every sentence.
    """

    def __init__(self, desk: Desk, door: Doorkeeper) -> None:
        self._desk = desk
        self._door = door

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        asked = self._asked(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        return (Match.NONE, {}) if asked is None else (Match.FULL, {"asked": asked})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        view, shelf, at = scope["asked"]
        request = Request(scope)
        request.state.view = view
        entry = await self._desk.tile(pool_of(request), shelf, at)
        await tile_answer(request, view, entry)(scope, receive, send)

    def _asked(self, scope: Scope) -> tuple[View, Shelf, TileAddress] | None:
        place = place_of(self._desk.shelves.catalog.maps, scope["path"])
        if place is None or not _is_there(place):
            return None
        view = self._view(scope)
        if view is None:
            return None
        with suppress(MapError):
            return view, self._desk.shelves.find(view, place[0]), TileAddress(*place[1])
        return None

    def _view(self, scope: Scope) -> View | None:
        """Whose tile it is; None for whoever needs a closer look, or an error."""
        query = scope["query_string"].decode("latin-1")
        in_address = KEY.fullmatch(query)
        if query and in_address is None:
            return None
        headers = Headers(scope=scope)
        with suppress(MapError):
            return self._door.view_of(headers, headers.get("bando-key", in_address and in_address[1]))
        return None


def _is_there(place: Place) -> bool:
    _, (z, x, y) = place
    return z <= HIGHEST_ZOOM and not x >> z and not y >> z
