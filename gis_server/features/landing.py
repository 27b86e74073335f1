"""The landing page of the API and what it conforms to."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from gis_server.web.answers import HTML, JSON, address, json_answer, link

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
TITLE = "Bản đồ số dùng chung Thành phố Hồ Chí Minh"
DESCRIPTION = (
    "Dữ liệu nền địa lý và hạ tầng đô thị: ô bản đồ, đối tượng, tra cứu. · "
    "The shared digital map of Ho Chi Minh City: tiles, features, answers."
)
PARTS = "http://www.opengis.net/spec/ogcapi-features"
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
TMS = "http://www.opengis.net/spec/tms/2.0/conf"
REL = "http://www.opengis.net/def/rel/ogc/1.0"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    f"{PARTS}-1/1.0/conf/core",
    f"{PARTS}-1/1.0/conf/oas30",
    f"{PARTS}-1/1.0/conf/html",
    f"{PARTS}-1/1.0/conf/geojson",
    f"{PARTS}-2/1.0/conf/crs",
    f"{PARTS}-3/1.0/conf/queryables",
    f"{PARTS}-3/1.0/conf/queryables-query-parameters",
    f"{PARTS}-3/1.0/conf/filter",
    f"{PARTS}-3/1.0/conf/features-filter",
    f"{CQL2}/cql2-text",
    f"{CQL2}/cql2-json",
    f"{CQL2}/basic-cql2",
    f"{CQL2}/advanced-comparison-operators",
    f"{CQL2}/case-insensitive-comparison",
    f"{CQL2}/accent-insensitive-comparison",
    f"{CQL2}/basic-spatial-functions",
    f"{CQL2}/basic-spatial-functions-plus",
    f"{CQL2}/spatial-functions",
    f"{CQL2}/temporal-functions",
    f"{CQL2}/array-functions",
    f"{CQL2}/property-property",
    f"{CQL2}/arithmetic",
    f"{PARTS}-5/1.0/conf/schemas",
    f"{PARTS}-5/1.0/conf/core-roles-features",
    f"{PARTS}-5/1.0/conf/queryables",
    f"{PARTS}-5/1.0/conf/sortables",
    f"{PARTS}-8/0.0/conf/sorting",
    f"{TILES}/core",
    f"{TILES}/tileset",
    f"{TILES}/tilesets-list",
    f"{TILES}/dataset-tilesets",
    f"{TILES}/geodata-tilesets",
    f"{TILES}/mvt",
    f"{TMS}/tilematrixset",
    f"{TMS}/tilematrixsetlimits",
    f"{TMS}/tilesetmetadata",
    f"{TMS}/json-tilematrixset",
    f"{TMS}/json-tilematrixsetlimits",
    f"{TMS}/json-tilesetmetadata",
)
"""Only what works, and is tested; 0.0 is a draft of OGC."""
EDITS_CONFORM_TO = (
    f"{PARTS}-4/1.0/conf/create-replace-delete",
    f"{PARTS}-4/1.0/conf/update",
    f"{PARTS}-4/1.0/conf/features",
    f"{PARTS}-4/1.0/req/optimistic-locking-etags",
)
"""Where edits are switched on. Part 4 calls the last one `req`."""


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
            link(address(request, "/collections", f="json"), "data", JSON, "Các lớp dữ liệu · Collections"),
            link(address(request, "/collections", f="html"), "data", HTML, "Các lớp dữ liệu · Collections"),
            link(address(request, "/tiles", f="json"), f"{REL}/tilesets-vector", JSON, "Ô bản đồ · Tiles"),
            link(
                address(request, "/tileMatrixSets", f="json"),
                f"{REL}/tiling-schemes",
                JSON,
                "Lưới ô · Tile matrix sets",
            ),
            link(address(request, "/catalogue"), "describedby", JSON, "Danh mục lớp · Layer catalogue"),
        ],
    }
