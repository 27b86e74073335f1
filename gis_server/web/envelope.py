"""What every answer carries whatever route made it: the release, security headers, and no body for HEAD."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gis_server.web.problems import problem
from gis_server.web.service import CallerLeft

log = logging.getLogger("bando")
ASKED_METHOD = "bando.method"
"""In the scope: what was asked before HEAD became GET for the routes."""
HOST = re.compile(r"[A-Za-z0-9._~-]{1,255}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")

# MapLibre runs a module worker of our own origin, makes images of blobs, and its controls carry data: icons. Anyone may
# embed a map in a page: there are no cookies and no buttons that change anything, so nothing can be click-jacked.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors *",
    )
)
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}


class Envelope:
    """The outermost layer of the service."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        state = {**(scope.get("state") or {})}
        inner = {
            **scope,
            "method": "GET" if is_head else scope["method"],
            ASKED_METHOD: scope["method"],
            "state": state,
        }

        started = False

        async def send_wrapped(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope, state)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._answer(inner, receive, send_wrapped)
        except (CallerLeft, ClientDisconnect):
            raise
        except Exception:
            log.exception("%s %r", scope["method"], scope["path"])  # written out: a path may hold line feeds
            if started:
                raise
            await unexpected()(inner, receive, send_wrapped)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if HOST.fullmatch(Headers(scope=scope).get("host", "localhost")):
            await self.app(scope, receive, send)
        else:
            await problem(400, "Tên máy chủ (Host) không hợp lệ.", "The Host header is malformed.")(
                scope, receive, send
            )


def unexpected() -> Response:
    """What a mistake of ours looks like from outside; the details are in the log only."""
    return problem(
        500,
        "Máy chủ gặp lỗi ngoài dự kiến; lỗi đã được ghi vào nhật ký. Nếu gặp lại, hãy báo quản trị viên.",
        "The server met an unexpected error, and logged it. Tell the administrator if it happens again.",
    )


def _add_headers(headers: MutableHeaders, scope: Scope, state: Mapping[str, Any]) -> None:
    newest: int = getattr(scope["app"].state, "release", 0) if "app" in scope else 0
    headers.setdefault("Bando-Release", str(state.get("release", newest)))
    if "place" in state:
        headers["Bando-Place"] = state["place"]
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
