"""Routes that tell what releases touched: asked for, and pushed."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response

from gis_server.access.who import Doorkeeper
from gis_server.errors import BadRequest, MapError
from gis_server.releases.snapshot import Snapshot, snapshot
from gis_server.tiles.events import EventStream, Hub, Listener, message_of
from gis_server.tiles.touched import Touches, told, touched_for
from gis_server.web.answers import json_answer
from gis_server.web.asking import Caller, View, note_release, pool_of, reading

NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
router = APIRouter(tags=["tiles"])


async def _since(since: str = "0") -> int:
    if not NUMBER.fullmatch(since):
        raise BadRequest(
            f"since = “{since[:20]}” không hợp lệ: cần số của bản công bố, viết bằng chữ số 0–9.",
            f"since = “{since[:20]}” is not valid: expected the number of a release, in the digits 0–9.",
        )
    return int(since)


@router.get("/changes/tiles")
async def get_changed_tiles(request: Request, view: Caller, since: Annotated[int, Depends(_since)]) -> Response:
    """Map tiles changed by the releases after `since`, by layer: `tiles` with all above and below them, and `alone`."""
    async with reading(request) as snap:
        touches = await touched_for(snap, since, view)
    found = {"since": since, "release": snap.release, "complete": touches is not None}
    return json_answer(request, {**found, "layers": told(touches or {})})


@router.get("/events")
async def get_events(request: Request, view: Caller, last_event_id: Annotated[str | None, Header()] = None) -> Response:
    """Notice of each release as it comes (server-sent events): its number and the tiles it changed."""
    hub: Hub = request.app.state.hub
    listener = Listener(view)
    hub.enter(listener)  # first, so that no release falls between what is read now and what is told later
    try:
        first = await _first(request, view, last_event_id)
    except BaseException:
        hub.leave(listener)
        raise
    return EventStream(hub, listener, first, lambda: _still(request, view))


async def _first(request: Request, view: View, last: str | None) -> tuple[int, bytes]:
    """What was missed since the last event, or where things stand; read once for all who come at the same time."""
    hub: Hub = request.app.state.hub

    async def read() -> tuple[int, bytes]:
        async with snapshot(pool_of(request)) as snap:
            return snap.release, message_of(snap.release, await _missed(snap, last, view))

    first = await hub.comers.share((last, view.name), read)
    note_release(request, first[0])
    return first


async def _missed(snap: Snapshot, last: str | None, view: View) -> Touches | None:
    if last is None:
        return {}
    return await touched_for(snap, int(last), view) if NUMBER.fullmatch(last) else None


def _still(request: Request, view: View) -> bool:
    """Whether the caller's key opens the same view as when it came."""
    door: Doorkeeper = request.app.state.door
    key = request.headers.get("bando-key", request.query_params.get("key"))
    try:
        return door.view_of(request.headers, key) == view
    except MapError:
        return False
