"""Faults in WMS's own form: an XML document of the version that was asked in, with a code and two sentences."""

from pathlib import Path

from fastapi import Request
from starlette.responses import Response

from gis_server.errors import BadRequest, MapError, UnknownLayer
from gis_server.paper.templates import templates
from gis_server.web.faults import fault_answer

PAGES = Path(__file__).parent / "pages"
MEDIA = {"1.3.0": "text/xml; charset=utf-8", "1.1.1": "application/vnd.ogc.se_xml"}


class ServiceFault(BadRequest):
    """What WMS has a code for."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(vi, en)
        self.code = code


def tell_fault(request: Request, error: MapError) -> Response:
    version = version_of(request)
    code = error.code if isinstance(error, ServiceFault) else "LayerNotDefined" * isinstance(error, UnknownLayer)
    body = templates(PAGES).get_template("fault.xml").render(version=version, code=code, error=error)
    return fault_answer(error, body, MEDIA[version])


def version_of(request: Request) -> str:
    """The older of the two versions for whoever asks in it, or in one before it."""
    given = next((value for name, value in request.query_params.items() if name.upper() in ("VERSION", "WMTVER")), "")
    return "1.1.1" if given and given < "1.3" else "1.3.0"
