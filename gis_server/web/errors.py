"""From every error that can reach the door to a problem document, or a page: the one place where errors become HTTP.

What is nobody's fault but ours is caught further out, in the envelope."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gis_server.errors import MapError
from gis_server.web.answers import prefers_html
from gis_server.web.asking import busy
from gis_server.web.pages import problem_page
from gis_server.web.problems import Problem, problem, problem_of

AWAY: tuple[type[Exception], ...] = (
    asyncpg.QueryCanceledError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that was cut while it was idle
    asyncio.TimeoutError,
    OSError,
)
"""How asyncpg says that the database is slow, full, stopping, starting or gone."""

SENTENCES = {
    404: (
        "Không có gì ở địa chỉ này. Danh sách địa chỉ của dịch vụ ở /api.html.",
        "Nothing is here; the paths are listed at /api.html.",
    ),
    405: ("Địa chỉ này không hỗ trợ phương thức HTTP vừa gọi.", "This address does not support the HTTP method used."),
}
log = logging.getLogger("bando")


def answer_errors(app: FastAPI) -> None:
    """Register every handler."""
    app.add_exception_handler(MapError, _told(_map_error))
    app.add_exception_handler(HTTPException, _told(_http))
    app.add_exception_handler(RequestValidationError, _told(_invalid))
    for kind in AWAY:
        app.add_exception_handler(kind, _told(_away))


def _told(answer: Callable[[Request, Exception], Awaitable[Problem]]) -> Callable[..., Awaitable[Response]]:
    """The document for programs; for whoever follows a link in a browser, a page with the same words."""

    async def tell(request: Request, error: Exception) -> Response:
        found = await answer(request, error)
        form = request.query_params.get("f")
        person = form == "html" or (form is None and prefers_html(request.headers.get("accept", "")))
        return problem_page(request, found) if person else found

    return tell


async def _map_error(request: Request, error: Exception) -> Problem:
    assert isinstance(error, MapError)
    return problem_of(error)


async def _away(request: Request, error: Exception) -> Problem:
    log.warning("%s %r: %s: %s", request.method, request.scope["path"], type(error).__name__, error)
    return problem_of(busy())


async def _http(request: Request, error: Exception) -> Problem:
    assert isinstance(error, HTTPException)
    vi, en = SENTENCES.get(error.status_code, (str(error.detail), str(error.detail)))
    return problem(error.status_code, vi, en, _with_head(error.headers or {}))


def _with_head(headers: Mapping[str, str]) -> dict[str, str]:
    """Whatever can be got can be asked for its headers, too, which the router does not know."""
    return {name: "GET, HEAD" if (name, value) == ("Allow", "GET") else value for name, value in headers.items()}


async def _invalid(request: Request, error: Exception) -> Problem:
    """Routes check their parameters themselves; what FastAPI finds is missing or not text."""
    assert isinstance(error, RequestValidationError)
    names = ", ".join(sorted({str(one["loc"][-1]) for one in error.errors()}))
    return problem(
        400,
        f"Tham số thiếu hoặc không hợp lệ: {names}. Xem hướng dẫn ở /api.html.",
        f"Missing or malformed parameters: {names}. See /api.html.",
    )
