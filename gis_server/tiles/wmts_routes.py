"""Routes of WMTS: ask, answer."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.catalog import Layer
from gis_server.releases.snapshot import Snapshot
from gis_server.tiles.grids import WEB, box_in, grids_of
from gis_server.tiles.raster_looks import looks_of
from gis_server.tiles.raster_tilejson import finest_m, raster_zooms
from gis_server.tiles.tilesets import Tileset, find_tileset, maps_of
from gis_server.tiles.wmts import FORMS, INFO, NAMES, PNG, SCHEMES, Shown, capabilities
from gis_server.tiles.wmts_kvp import KvpRoute, TileInfo, get_feature_info, get_tile, open_ended, read_question
from gis_server.web.answers import address, validated
from gis_server.web.asking import Caller, View, reading
from gis_server.web.state import Bounds, LayerState, LayerStates, joined_bounds
from gis_server.web.strict import OPEN
from gis_server.web.when import WhenDep

TITLE = "Bản đồ số dùng chung Thành phố Hồ Chí Minh · The shared digital map of Ho Chi Minh City"
PATH, KVP = "/wmts/1.0.0/WMTSCapabilities.xml", "/wmts"
router = APIRouter(tags=["tiles"])
kvp_router = APIRouter(tags=["tiles"], route_class=KvpRoute)


async def _spot(z: str, x: str, y: str, i: str, j: str) -> tuple[str, ...]:
    return z, x, y, i, j


async def _what(layer: str, style: str, form: str) -> tuple[str, str]:
    """In whatever style a tile is drawn, the same lies under it."""
    return layer, next((media for media, ending in INFO.items() if ending == form), form)


WhatDep = Annotated[tuple[str, str], Depends(_what)]
SpotDep = Annotated[tuple[str, ...], Depends(_spot)]


@router.get(PATH)
async def get_capabilities(request: Request, view: Caller) -> Response:
    """WMTS 1.0 of the raster layers, and of every map and layer as images, for QGIS, ArcMap and GDAL."""
    return await _capabilities(request, view)


@kvp_router.get(KVP, openapi_extra={OPEN: True})
async def get_wmts(request: Request, view: Caller) -> Response:
    """The same for clients that ask with parameters: REQUEST=GetCapabilities, GetTile or GetFeatureInfo."""
    asked = read_question(request)
    if asked["REQUEST"] == "GetCapabilities":
        return await _capabilities(request, view)
    return await (get_tile if asked["REQUEST"] == "GetTile" else get_feature_info)(request, view, asked)


@kvp_router.get("/wmts/1.0.0/{layer}/{style}/{z}/{x}/{y}/{i}/{j}.{form}")
async def get_info(request: Request, view: Caller, what: WhatDep, spot: SpotDep, when: WhenDep) -> Response:
    """What lies under a pixel of a tile, for clients that follow templates: as text, a page or GeoJSON."""
    tell: TileInfo = request.app.state.tile_info
    return await tell(request, view, what, spot, when)


async def _capabilities(request: Request, view: View) -> Response:
    catalog, known = request.app.state.catalog, request.app.state.layer_states
    async with reading(request) as snap:
        shown = await _all_shown(request, snap, view, known)
    here = address(request, PATH), open_ended(address(request, KVP))
    document = capabilities(TITLE, here, grids_of(catalog.crs)[WEB], shown)
    return validated(request, document, "application/xml", {})


async def _all_shown(request: Request, snap: Snapshot, view: View, known: LayerStates) -> list[Shown]:
    """The maps, the layers, and the rasters, whose tiles are painted without MapLibre."""
    catalog = request.app.state.catalog
    layers = [catalog[one] for one in view.layers]
    states = await known.of(snap, view, layers)
    drawn = [find_tileset(catalog, view, layer.id) for layer in layers if layer.file.raster is None]
    found = [_drawn(request, one, states) for one in (*maps_of(catalog, view), *drawn)]
    for layer in layers:
        if layer.file.raster is not None and layer.id in states and (bounds := states[layer.id].bounds):
            found.append(await _raster(request, snap, layer, bounds))
    return [one for one in found if one is not None]


def _drawn(request: Request, tileset: Tileset, states: Mapping[str, LayerState]) -> Shown | None:
    own = {drawn.layer.id: states[drawn.layer.id] for drawn in tileset.layers if drawn.layer.id in states}
    bounds = joined_bounds(own)
    if bounds is None:
        return None
    crs = request.app.state.catalog.crs
    place = f"/maps/{tileset.id}/{{Style}}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}"
    tiles = {media: address(request, f"{place}.{form}") for media, form in FORMS.items()}
    box = box_in(crs, grids_of(crs)[WEB], bounds)
    return Shown(tileset.id, tileset.title, SCHEMES, bounds, box, tileset.zoom, tiles, _info(request, tileset.id))


async def _raster(request: Request, snap: Snapshot, layer: Layer, bounds: Bounds) -> Shown:
    crs = request.app.state.catalog.crs
    assert layer.file.raster is not None
    return Shown(
        layer.id,
        layer.file.title,
        {look: NAMES[look] for look in looks_of(layer.file.raster) if look in NAMES},
        bounds,
        box_in(crs, grids_of(crs)[WEB], bounds),
        raster_zooms(layer, await finest_m(snap, layer)),
        {PNG: address(request, f"/rasters/{layer.id}/{{Style}}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png")},
        _info(request, layer.id),
    )


def _info(request: Request, name: str) -> dict[str, str]:
    place = f"/wmts/1.0.0/{name}/{{Style}}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}/{{I}}/{{J}}"
    return {media: address(request, f"{place}.{ending}") for media, ending in INFO.items()}
