"""The landing page of the API and what it conforms to."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from gis_server.web.answers import HTML, JSON, address, json_answer, link

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
TITLE = "Bản đồ số dùng chung Thành phố Hồ Chí Minh"
DESCRIPTION = (
    "Nền địa lý và hạ tầng đô thị: ô bản đồ, đối tượng, tra cứu. · "
    "The shared digital map of Ho Chi Minh City: tiles, features, answers."
)
PARTS = "http://www.opengis.net/spec/ogcapi-features"
CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    f"{PARTS}-1/1.0/conf/core",
    f"{PARTS}-1/1.0/conf/oas30",
    f"{PARTS}-1/1.0/conf/html",
    f"{PARTS}-1/1.0/conf/geojson",
    f"{PARTS}-2/1.0/conf/crs",
    f"{PARTS}-3/1.0/conf/queryables",
    f"{PARTS}-3/1.0/conf/queryables-query-parameters",
    f"{PARTS}-5/1.0/conf/schemas",
)
"""Only what works, and is tested."""


def landing(request: Request) -> Response:
    """The JSON of `/`."""
    return json_answer(request, landing_document(request))


def landing_document(request: Request) -> dict[str, Any]:
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "links": [
            link(address(request, "/", f="json"), "self", JSON),
            link(address(request, "/", f="html"), "alternate", HTML, "Bản đồ · Map"),
            link(address(request, "/api"), "service-desc", OPENAPI, "OpenAPI 3.0"),
            link(address(request, "/api.html"), "service-doc", HTML, "Hướng dẫn API · API guide"),
            link(address(request, "/conformance", f="json"), "conformance", JSON),
            link(address(request, "/collections", f="json"), "data", JSON, "Các lớp · Collections"),
            link(address(request, "/collections", f="html"), "data", HTML, "Các lớp · Collections"),
            link(address(request, "/catalogue"), "describedby", JSON, "Danh mục lớp · Layer catalogue"),
        ],
    }
