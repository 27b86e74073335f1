"""Faults in WMS's own form: an XML document of the version that was asked in, with a code and two sentences."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from gis_server.errors import BadRequest, MapError, UnknownLayer
from gis_server.paper.templates import templates
from gis_server.web.asking import busy
from gis_server.web.errors import AWAY
from gis_server.web.problems import problem_of

PAGES = Path(__file__).parent / "pages"
MEDIA = {"1.3.0": "text/xml; charset=utf-8", "1.1.1": "application/vnd.ogc.se_xml"}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class ServiceFault(BadRequest):
    """What WMS has a code for."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(vi, en)
        self.code = code


class FaultsInXml(APIRoute):
    """A route whose errors are all told as WMS does, wherever they arise; the status is that of the other routes."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def answer_or_fault(request: Request) -> Response:
            try:
                return await answer(request)
            except MapError as error:
                return fault(request, error)
            except RequestValidationError:
                return fault(request, BadRequest("Tham số không hợp lệ.", "Malformed parameters."))
            except AWAY:
                return fault(request, busy())

        return answer_or_fault


def fault(request: Request, error: MapError) -> Response:
    """The document. A layer that is not there is the caller's fault, and no missing page: 400."""
    version = version_of(request)
    code = error.code if isinstance(error, ServiceFault) else _code(error)
    body = templates(PAGES).get_template("fault.xml").render(version=version, code=code, error=error)
    plain = problem_of(BadRequest("", "") if isinstance(error, UnknownLayer) else error)
    kept = {name: value for name, value in plain.headers.items() if name in ("retry-after", "cache-control")}
    return Response(body.encode("utf-8", "replace"), plain.status_code, kept, MEDIA[version])


def version_of(request: Request) -> str:
    """The older of the two versions for whoever asks in it, or in one before it."""
    given = next((value for name, value in request.query_params.items() if name.upper() in ("VERSION", "WMTVER")), "")
    return "1.1.1" if given and given < "1.3" else "1.3.0"


def _code(error: MapError) -> str:
    return "LayerNotDefined" if isinstance(error, UnknownLayer) else ""
