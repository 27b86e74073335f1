"""News of releases pushed to whoever listens (server-sent events): one message for all of a view, bounded queues."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gis_server.access.views import View
from gis_server.errors import Busy
from gis_server.tiles.flights import Flights
from gis_server.tiles.touched import Touches, told

MOST_LISTENERS = 6_000
"""Of one worker."""
MOST_UNREAD = 16
"""Messages that one listener may leave unread; then it is hung up on, and asks anew from where it was."""
BEAT_S = 20.0
BEAT = b": \n\n"


@dataclass(eq=False)
class Listener:
    """Someone who listens, and what is still to be sent."""

    view: View
    unread: "asyncio.Queue[tuple[int | None, bytes]]" = field(default_factory=lambda: asyncio.Queue(MOST_UNREAD))
    task: "asyncio.Task[None] | None" = None

    def give(self, message: bytes, release: int | None = None) -> None:
        """The message of a release, or a beat."""
        try:
            self.unread.put_nowait((release, message))
        except asyncio.QueueFull:
            if self.task is not None:
                self.task.cancel()

    async def after(self, heard: int) -> tuple[int, bytes]:
        """The next message for one who has heard of this release, and the release that is known with it."""
        while True:
            release, message = await self.unread.get()
            if release is None or release > heard:
                return release or heard, message


class Hub:
    """Everyone who listens to one worker."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self.comers: Flights[tuple[int, bytes]] = Flights()
        """First messages: after a cut thousands come back at once."""

    def __len__(self) -> int:
        return len(self._listeners)

    def enter(self, listener: Listener) -> None:
        if len(self._listeners) >= MOST_LISTENERS:
            raise Busy(
                "Có quá nhiều kết nối đang chờ thông báo; hãy thử lại sau, hoặc dùng /changes/tiles.",
                "Too many clients are listening; try again later, or use /changes/tiles.",
            )
        self._listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    @property
    def views(self) -> list[View]:
        """Of those who listen, each once."""
        return [*{listener.view.name: listener.view for listener in self._listeners}.values()]

    def tell(self, release: int, messages: Mapping[str, bytes]) -> None:
        """Tell everyone what was written for their view; who came since then has heard it already."""
        for listener in tuple(self._listeners):
            if listener.view.name in messages:
                listener.give(messages[listener.view.name], release)

    def close(self) -> None:
        """Hang up on everyone: the service ends, and they come back to whoever serves next."""
        for listener in tuple(self._listeners):
            if listener.task is not None:
                listener.task.cancel()

    async def beat(self) -> None:
        """Keep quiet connections open, and find out who has left; for ever."""
        while True:
            await asyncio.sleep(BEAT_S)
            for listener in tuple(self._listeners):
                listener.give(BEAT)


def message_of(release: int, touches: Touches | None) -> bytes:
    """One event: `release` with what it touched, or `reset` when only asking for everything again will do."""
    if touches is None:
        return b"id: %d\nevent: reset\ndata: %s\n\n" % (release, orjson.dumps({"release": release}))
    content = orjson.dumps({"release": release, "layers": told(touches)})
    return b"id: %d\nevent: release\ndata: %s\n\n" % (release, content)


class EventStream(Response):
    """Sends what a listener is given until it leaves, falls behind, or may no longer listen."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, listener: Listener, first: tuple[int, bytes], allowed: Callable[[], bool]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._hub, self._listener, self._first, self._allowed = hub, listener, first, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._listener.task = asyncio.current_task()
        try:
            await self._talk(send)
        finally:
            self._hub.leave(self._listener)

    async def _talk(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        heard, message = self._first
        while self._allowed():
            await send({"type": "http.response.body", "body": message, "more_body": True})
            heard, message = await self._listener.after(heard)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
