"""Routes of the MapLibre styles: the portals' maps, and single layers to lay over any map."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.access.who import Caller
from gis_server.catalog.compose import compose_style, layer_style, visible_maps, with_archives
from gis_server.catalog.dress import in_the_dark, with_glyphs
from gis_server.catalog.model import PortalMap
from gis_server.errors import BadRequest
from gis_server.portals.glyphs import TEMPLATE
from gis_server.web.answers import JSON, address, json_answer, link
from gis_server.web.asking import CatalogDep

Style = dict[str, Any]
CHOICES = {"scheme": ("light", "dark"), "glyphs": ("true", "false")}
router = APIRouter(tags=["styles"])


@dataclass(frozen=True)
class Dress:
    """How a style is wanted: by day or by night, with the browser's letters or with ours."""

    dark: bool
    glyphs: bool


def _dress(scheme: str = "light", glyphs: str = "false") -> Dress:
    """`scheme=light|dark`; `glyphs=true` for clients that cannot draw letters from fonts of their own."""
    for name, given in (("scheme", scheme), ("glyphs", glyphs)):
        if given not in CHOICES[name]:
            known = ", ".join(CHOICES[name])
            raise BadRequest(f"{name}={given[:20]}: chọn {known}.", f"{name}={given[:20]}: choose {known}.")
    return Dress(scheme == "dark", glyphs == "true")


DressDep = Annotated[Dress, Depends(_dress)]


@router.get("/styles")
def get_styles(request: Request, catalog: CatalogDep, view: Caller) -> Response:
    """The maps of which the caller may see something, with the address of each style."""
    maps = visible_maps(catalog, view.layers)
    return json_answer(request, {"styles": [_entry(request, name, portal) for name, portal in maps.items()]})


@router.get("/styles/layers/{layer}")
def get_layer_style(request: Request, layer: str, catalog: CatalogDep, view: Caller, dress: DressDep) -> Response:
    """The style of one layer over its own tiles."""
    style = layer_style(catalog, layer, view.layers, lambda path: address(request, path))
    return json_answer(request, _dressed(request, style, dress))


@router.get("/styles/{map}")
def get_style(request: Request, map: str, catalog: CatalogDep, view: Caller, dress: DressDep) -> Response:
    """The style of a portal's map, with only the layers and fields that the caller may see."""
    style = compose_style(catalog, map, view.layers, lambda path: address(request, path))
    style = with_archives(catalog, style, view.archives, lambda path: address(request, path))
    return json_answer(request, _dressed(request, style, dress))


def _dressed(request: Request, style: Style, dress: Dress) -> Style:
    coloured = in_the_dark(style) if dress.dark else style
    return with_glyphs(coloured, address(request, TEMPLATE)) if dress.glyphs else coloured


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
