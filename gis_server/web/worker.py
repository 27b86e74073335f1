"""One process that serves: Uvicorn on a listening socket that its parent opened."""

import os
import socket
from collections.abc import Callable

import uvicorn

from gis_server.web.service import Service
from gis_server.web.wire import IDLE_S, Wire, hang_up

GRACE_S = 5
"""Answers that are under way at the end get this long."""
BACKLOG = 4_096
TICKS_A_SECOND = 10


class Worker(uvicorn.Server):
    """Serves until it is told to end, or its parent is gone."""

    def __init__(self, create: Callable[[], Service], parent: int) -> None:
        super().__init__(configured(create))
        self._parent = parent

    async def on_tick(self, counter: int) -> bool:
        is_over = await super().on_tick(counter) or os.getppid() != self._parent
        if counter % TICKS_A_SECOND == 0:
            lines = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
            self._service.stamp = b"".join((*lines, b"\r\n"))
            hang_up(self.server_state.connections)
        return is_over

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.farewell()
        await super().shutdown(sockets)

    @property
    def _service(self) -> Service:
        service: Service = self.config.loaded_app
        return service


def configured(create: Callable[[], Service]) -> uvicorn.Config:
    """Uvicorn as we run it: nothing of a caller in any log, no header believed that a proxy may have sent."""
    return uvicorn.Config(
        create,
        factory=True,
        interface="asgi3",
        loop="uvloop",
        http=Wire,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=[("server", "bando")],
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
