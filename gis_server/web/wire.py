"""The connection to a caller: Uvicorn's protocol with a quicker way before it, and limits round it."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from gis_server.web.problems import Problem
from gis_server.web.refusals import full, malformed, too_much, too_slow, written
from gis_server.web.service import CallerLeft, Service

IDLE_S = 30
"""Who asks nothing for so long, or does not come to the end of a request's headers, is hung up on."""
UNREAD_S = 300
"""So is whoever takes nothing of an answer for so long."""
MOST_OPEN = 8_192
"""Connections of one worker: most are listeners to /events, who ask nothing."""
MOST_HEAD_BYTES, MOST_HEADERS = 65_536, 100
"""Of a request: its first line and headers."""


class Refused(Exception):
    """Leaves the parser in the middle of headers that are not taken."""


class Wire(HttpToolsProtocol):
    """One connection. A request that the quick way does not take is Uvicorn's, byte by byte."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._service: Service = config.loaded_app
        self._quick = self._service.quick
        self._since_s = self.loop.time()
        """When the caller was last waited for anew: at a request's begin and at an answer's end."""
        self._is_heard = False
        """An answer went the quick way since somebody last looked; asking for the time costs a twentieth of it."""
        self._paused_s = 0.0
        self._in_message = self._in_head = False
        self._fed = self._told = 0
        """Bytes of a head: that came while it was not whole, and that the parser told of."""
        self._answering: RequestResponseCycle | None = None
        """The request that is being answered: of several in a row the first."""
        self._refusal: Problem | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_OPEN:
            self.connections.discard(self)
            transport.set_protocol(_Full(transport, self._service))

    def connection_lost(self, exc: Exception | None) -> None:
        """Everyone who still answers hears of it; Uvicorn tells the last only."""
        for cycle in (self._answering, *(cycle for cycle, _ in self.pipeline)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._in_message and (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused:
            answer = self._quick(data, self._service.stamp)
            if answer is not None:
                if self.timeout_keep_alive_task is not None:
                    self._unset_keepalive_if_required()
                self._is_heard = True
                self.transport.write(answer)
                return
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        was_in_head = self._in_head
        super().data_received(data)
        if was_in_head and self._in_head:
            self._fed += len(data)
            if self._fed > MOST_HEAD_BYTES:
                self._refusal = too_much(MOST_HEAD_BYTES, MOST_HEADERS)
                self.send_400_response("")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["asgi"]["spec_version"] = "2.4"  # `send` raises when the caller has left
        self._in_message = self._in_head = True
        self._fed = self._told = 0
        self._since_s = self.loop.time()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value))

    def _count(self, size: int) -> None:
        self._told += size
        if self._told > MOST_HEAD_BYTES or len(self.headers) > MOST_HEADERS:
            self._refusal = too_much(MOST_HEAD_BYTES, MOST_HEADERS)
            raise Refused

    def on_headers_complete(self) -> None:
        if not _is_clear(self.parser.get_http_version(), self.headers):
            raise Refused
        self._in_head = False
        super().on_headers_complete()
        if self.parser.should_upgrade():  # to what we do not speak; what follows could be anything
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._in_message = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._since_s = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """What was asked before is answered still; then nothing more is."""
        if self.transport.is_closing():
            return
        if self._answering is not None and self._is_earlier_answered():
            self._answering.keep_alive = False
            self.pipeline.clear()
            self.flow.pause_reading()
            return
        self.transport.write(written(self._refusal or malformed(), self._service.stamp))
        self.transport.close()

    def _is_earlier_answered(self) -> bool:
        """Whether the answer that is under way is to another request than the one just read."""
        one = self._answering
        if one is None or one.response_complete:
            return False
        return one.response_started or one is not self.cycle or self._in_head

    def pause_writing(self) -> None:
        self._paused_s = self.loop.time()
        super().pause_writing()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, partial(self._answer, cycle, app))

    async def _answer(
        self, cycle: RequestResponseCycle, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        async def heard(message: Message) -> None:
            await send(message)
            if cycle.disconnected:
                raise CallerLeft

        try:
            await app(scope, receive, heard)
        except (CallerLeft, ClientDisconnect, asyncio.CancelledError):
            cycle.disconnected = True
            self.transport.abort()

    def note_heard(self, now_s: float) -> None:
        if self._is_heard:
            self._since_s, self._is_heard = now_s, False

    def hang_up(self, now_s: float) -> None:
        """End the connection of a caller who is waited for in vain."""
        if self.flow.write_paused:
            if now_s - self._paused_s > UNREAD_S:
                self.transport.abort()
        elif self._answering is not None and not self._answering.response_complete:
            return
        elif self.transport.get_write_buffer_size():
            if now_s - self._since_s > UNREAD_S:
                self.transport.abort()
        elif now_s - self._since_s > IDLE_S:
            if self._in_head and not self.transport.is_closing():
                self.transport.write(written(too_slow(IDLE_S), self._service.stamp))
            self.transport.close()


def hang_up(connections: Iterable[Any]) -> None:
    """On all who are waited for in vain."""
    now_s = asyncio.get_running_loop().time()
    for connection in tuple(connections):
        connection.note_heard(now_s)
        connection.hang_up(now_s)


def _is_clear(version: str, headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """One Host, and a body that everyone on the way measures alike: the parser would find out too late."""
    hosts = [value for name, value in headers if name == b"host"]
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if version == "1.0":
        return len(hosts) <= 1 and not codings
    return len(hosts) == 1 and codings in ([], [b"chunked"])


class _Full(asyncio.Protocol):
    """Tells a caller who is one too many to come again."""

    def __init__(self, transport: asyncio.Transport, service: Service) -> None:
        self._transport, self._service = transport, service
        self._patience = asyncio.get_running_loop().call_later(IDLE_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        self._transport.write(written(full(), self._service.stamp))
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
