"""What a worker runs: the application, who answers before it is asked, and whom to send home at the end."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

Quick = Callable[[bytes, bytes], bytes | None]
"""The whole answer to one whole request, when it needs nobody else; the second argument ends its headers."""


class CallerLeft(Exception):
    """Nobody is there to read the rest of an answer. No OSError: that would be a fault of ours, and is told of."""


@dataclass
class Service:
    """An ASGI application, and a quicker way beside it."""

    app: ASGIApp
    quick: Quick
    farewell: Callable[[], None]
    """Ends the answers that would never end by themselves."""
    stamp: bytes = b"\r\n"
    """The last headers of every answer, with the blank line; they tell the time."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
