"""Routes of the MapLibre styles: the portals' maps, and single layers to lay over any map."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gis_server.access.who import Caller
from gis_server.catalog.compose import compose_style, layer_style, visible_maps
from gis_server.catalog.model import PortalMap
from gis_server.web.answers import JSON, address, json_answer, link
from gis_server.web.asking import CatalogDep

router = APIRouter(tags=["styles"])


@router.get("/styles")
def get_styles(request: Request, catalog: CatalogDep, view: Caller) -> Response:
    """The maps of which the caller may see something, with the address of each style."""
    maps = visible_maps(catalog, view.layers)
    return json_answer(request, {"styles": [_entry(request, name, portal) for name, portal in maps.items()]})


@router.get("/styles/layers/{layer}")
def get_layer_style(request: Request, layer: str, catalog: CatalogDep, view: Caller) -> Response:
    """The style of one layer over its own tiles."""
    return json_answer(request, layer_style(catalog, layer, view.layers, lambda path: address(request, path)))


@router.get("/styles/{map}")
def get_style(request: Request, map: str, catalog: CatalogDep, view: Caller) -> Response:
    """The style of a portal's map, with only the layers and fields that the caller may see."""
    return json_answer(request, compose_style(catalog, map, view.layers, lambda path: address(request, path)))


def _entry(request: Request, name: str, portal: PortalMap) -> dict[str, Any]:
    return {
        "id": name,
        "title": portal.title.model_dump(),
        "description": portal.description.model_dump(),
        "links": [
            link(address(request, f"/styles/{name}"), "stylesheet", JSON, portal.title.vi),
            link(address(request, f"/tiles/{name}"), "tilejson", JSON, portal.title.vi),
        ],
    }
