"""From every error that can reach the door to a problem document: the one place where errors become HTTP.

What is nobody's fault but ours is caught further out, in the envelope."""

import asyncio
import logging

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gis_server.errors import MapError
from gis_server.web.asking import busy
from gis_server.web.problems import problem, problem_of

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
    app.add_exception_handler(MapError, _map_error)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    for kind in AWAY:
        app.add_exception_handler(kind, _away)


async def _map_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MapError)
    return problem_of(error)


async def _away(request: Request, error: Exception) -> Response:
    log.warning("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    return problem_of(busy())


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    vi, en = SENTENCES.get(error.status_code, (str(error.detail), str(error.detail)))
    return problem(error.status_code, vi, en, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    """Routes check their parameters themselves; what FastAPI finds is missing or not text."""
    assert isinstance(error, RequestValidationError)
    names = ", ".join(sorted({str(one["loc"][-1]) for one in error.errors()}))
    return problem(
        400,
        f"Tham số thiếu hoặc không hợp lệ: {names}. Xem hướng dẫn ở /api.html.",
        f"Missing or malformed parameters: {names}. See /api.html.",
    )
