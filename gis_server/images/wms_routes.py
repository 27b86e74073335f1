"""Route of WMS: which operation is asked for, and its answer."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from gis_server.catalog import Catalog, Layer
from gis_server.images.answering import picture_answer
from gis_server.images.composing import MOST_NAMES
from gis_server.images.finishing import inked, packed
from gis_server.images.frame import MOST_SIDE, camera_of
from gis_server.images.job import MEDIA, Job
from gis_server.images.legend import legend_svg
from gis_server.images.subjects import States, studio_of
from gis_server.images.wms import Asked, read_asked, read_format, read_frame, read_map, read_spot, read_style, systems
from gis_server.images.wms_faults import PAGES, ServiceFault, tell_fault
from gis_server.images.wms_info import FORMS, MOST, reach_m, read_form, some, written
from gis_server.images.wms_layers import layers_in, legend_of, offers_of
from gis_server.paper.templates import templates
from gis_server.web.answers import address, validated
from gis_server.web.asking import Caller, CatalogDep, View, reading
from gis_server.web.faults import route_with_faults
from gis_server.web.parameters import read_limit
from gis_server.web.state import LayerStates
from gis_server.web.strict import OPEN

TITLE = "Bản đồ số dùng chung Thành phố Hồ Chí Minh · The shared digital map of Ho Chi Minh City"
PATH = "/wms"
DOCUMENT = {"1.3.0": "text/xml", "1.1.1": "application/vnd.ogc.wms_xml"}
Operation = Callable[[Request, View, Asked], Awaitable[Response]]
router = APIRouter(tags=["images"], route_class=route_with_faults(tell_fault))


@router.get(PATH, openapi_extra={OPEN: True})
async def get_wms(request: Request, catalog: CatalogDep, view: Caller) -> Response:
    """WMS 1.1.1 and 1.3.0 of every map and layer, for desktop programs: QGIS, MapInfo, ArcMap, AutoCAD Map."""
    asked = read_asked(request)
    name = asked.get("REQUEST", "GetCapabilities").lower()
    if name not in OPERATIONS:
        raise ServiceFault(
            "OperationNotSupported",
            f"Không có REQUEST “{name[:40]}”.",
            "REQUEST is one of GetCapabilities, GetMap, GetFeatureInfo, GetLegendGraphic.",
        )
    return await OPERATIONS[name](request, view, asked)


async def get_capabilities(request: Request, view: View, asked: Asked) -> Response:
    catalog: Catalog = request.app.state.catalog
    known: LayerStates = request.app.state.layer_states
    async with reading(request) as snap:
        states = await known.of(snap, view, [catalog[one] for one in view.layers])
    groups = await asyncio.to_thread(offers_of, catalog, view, states)

    here = open_ended(address(request, PATH))

    def legend_at(layer: str, style: str) -> str:
        asks = {"SERVICE": "WMS", "REQUEST": "GetLegendGraphic", "VERSION": asked.version, "FORMAT": "image/png"}
        return here + urlencode({**asks, "LAYER": layer, "STYLE": style}, safe="/")

    document = (
        templates(PAGES)
        .get_template(f"capabilities-{asked.version}.xml")
        .render(
            title=TITLE,
            home=address(request, "/"),
            here=here,
            groups=groups,
            systems=systems(catalog.crs),
            operations=_operations(asked.version),
            most_names=MOST_NAMES,
            most_side=MOST_SIDE,
            legend_at=legend_at,
        )
    )
    return validated(request, document.encode("utf-8", "replace"), DOCUMENT[asked.version], {})


async def get_map(request: Request, view: View, asked: Asked) -> Response:
    catalog: Catalog = request.app.state.catalog
    found = read_map(asked, catalog.crs)
    camera, mesh = camera_of(catalog.crs, found.frame)

    def planned(_: States) -> Job:
        return Job(camera, found.frame.width, found.frame.height, form=found.form, mesh=mesh, ground=found.ground)

    return await picture_answer(request, view, found.wanted, planned)


async def get_feature_info(request: Request, view: View, asked: Asked) -> Response:
    catalog: Catalog = request.app.state.catalog
    frame = read_frame(asked, catalog.crs)
    lon, lat = frame.degrees(catalog.crs, *read_spot(asked, frame))
    form = read_form(asked.get("INFO_FORMAT", "text/plain"))
    most = read_limit(asked.get("FEATURE_COUNT") or "1", most=MOST)
    names = asked.need("QUERY_LAYERS").split(",")[: MOST_NAMES + 1]
    asked_layers = dict.fromkeys(layer.id for name in names for layer in _queried(catalog, view, name))
    near = studio_of(request).suppliers.near
    async with reading(request) as snap:
        features = await near(snap, view, list(asked_layers), (lon, lat, reach_m(frame.pixel_m(catalog.crs))))
    return validated(request, written(some(features, most), form), FORMS[form], {})


async def get_legend_graphic(request: Request, view: View, asked: Asked) -> Response:
    catalog: Catalog = request.app.state.catalog
    form = read_format(asked.get("FORMAT", "image/png"))
    scheme = read_style(asked.get("STYLE"))
    parts = legend_of(catalog, view, asked.need("LAYER").split(",")[:MOST_NAMES])
    svg = legend_svg(parts, scheme, request.app.state.settings.styles_folder / "sprites")
    picture = await asyncio.to_thread(lambda: packed(inked(svg), form))
    return validated(request, picture, MEDIA[form], {})


OPERATIONS: dict[str, Operation] = {
    "getcapabilities": get_capabilities,
    "capabilities": get_capabilities,
    "getmap": get_map,
    "map": get_map,
    "getfeatureinfo": get_feature_info,
    "feature_info": get_feature_info,
    "getlegendgraphic": get_legend_graphic,
}
"""The words of 1.0.0, which some clients still say, beside today's."""


def _queried(catalog: Catalog, view: View, name: str) -> list[Layer]:
    found = [layer for layer in layers_in(catalog, view, name) if layer.file.raster is None]
    if not found:
        view.layer(catalog, name)
        raise ServiceFault(
            "LayerNotQueryable",
            f"Lớp {name} là ảnh, không tra cứu được.",
            f"The layer {name} is an image and cannot be queried.",
        )
    return found


def _operations(version: str) -> dict[str, list[str]]:
    return {
        "GetCapabilities": [DOCUMENT[version]],
        "GetMap": list(MEDIA.values()),
        "GetFeatureInfo": list(FORMS)[:3],
        "sld:GetLegendGraphic": list(MEDIA.values()),
    }


def open_ended(url: str) -> str:
    """Clients write their parameters behind it."""
    return f"{url}&" if "?" in url else f"{url}?"
