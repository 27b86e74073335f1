"""Routes of the API's own description: OpenAPI 3.0 for programs, a page for people."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from gis_server.web.answers import base_url, json_answer
from gis_server.web.asking import Caller
from gis_server.web.openapi import openapi_document
from gis_server.web.pages import HERE, page

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
router = APIRouter(tags=["service"])


@router.get("/api")
async def get_api(request: Request, view: Caller) -> Response:
    """This API as an OpenAPI 3.0 document."""
    return json_answer(request, openapi_document(request.app.state.routes, base_url(request)), media_type=OPENAPI)


@router.get("/api.html")
async def get_api_page(request: Request, view: Caller) -> Response:
    """This API as a page to read."""
    return page(request, HERE, "api", {"document": openapi_document(request.app.state.routes, base_url(request))})
