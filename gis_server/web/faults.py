"""Services with a form of their own for faults: every error of such a route is told in it, wherever it arises."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from gis_server.errors import BadRequest, MapError, UnknownLayer
from gis_server.web.asking import busy
from gis_server.web.errors import AWAY
from gis_server.web.problems import problem_of

Tell = Callable[[Request, MapError], Response]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
KEPT = ("retry-after", "cache-control", "www-authenticate")


def route_with_faults(tell: Tell) -> type[APIRoute]:
    """The class of such routes."""

    class FaultsToldSo(APIRoute):
        def get_route_handler(self) -> Handler:
            answer = super().get_route_handler()

            async def answer_or_tell(request: Request) -> Response:
                try:
                    return await answer(request)
                except MapError as error:
                    return tell(request, error)
                except RequestValidationError:
                    return tell(request, BadRequest("Tham số không hợp lệ.", "Malformed parameters."))
                except AWAY:
                    return tell(request, busy())

            return answer_or_tell

    return FaultsToldSo


def fault_answer(error: MapError, body: str, media_type: str) -> Response:
    """Status and headers are those of every other route, but a name that is not there is no page that is missing."""
    plain = problem_of(BadRequest("", "") if isinstance(error, UnknownLayer) else error)
    kept = {name: value for name, value in plain.headers.items() if name in KEPT}
    return Response(body.encode("utf-8", "replace"), plain.status_code, kept, media_type)


def read_capitals(request: Request) -> dict[str, str]:
    """Parameters whose names may be written in any case, by their names in capitals; once each."""
    pairs = [(name.upper(), value) for name, value in request.query_params.multi_items()]
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        twice = ", ".join(sorted({name[:80] for name in names if names.count(name) > 1}))
        raise BadRequest(f"Tham số bị lặp: {twice}.", f"Parameters given more than once: {twice}.")
    return dict(pairs)
