"""Routes of rasters: ask, answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.access.views import View, unknown_layer
from gis_server.catalog import Catalog, Layer
from gis_server.errors import UnknownLayer
from gis_server.releases.rasters import cog_path
from gis_server.tiles.address import TileAddress, read_address
from gis_server.tiles.raster_looks import Look, looks_of
from gis_server.tiles.raster_painter import NAME, Painter
from gis_server.tiles.raster_point import Spot, read_at, read_spot, told_value
from gis_server.tiles.raster_tilejson import finest_m, raster_tilejson
from gis_server.tiles.raster_visible import is_named
from gis_server.web.answers import address, cache_headers, is_known, json_answer
from gis_server.web.asking import Caller, CatalogDep, note_release, pool_of, reading
from gis_server.web.kept_file import KeptFile
from gis_server.web.state import LayerStatesDep
from gis_server.web.when import NEWEST, PastView, When, WhenDep, view_at

PNG, COG = "image/png", "image/tiff; application=geotiff; profile=cloud-optimized"
router = APIRouter(tags=["tiles"])


async def _layer(catalog: CatalogDep, view: Caller, raster: str) -> Layer:
    return raster_layer(catalog, view, raster)


async def _look(found: Annotated[Layer, Depends(_layer)], look: str) -> Look:
    assert found.file.raster is not None
    for one in looks_of(found.file.raster):
        if one == look:
            return one
    known = ", ".join(looks_of(found.file.raster))
    raise UnknownLayer(
        f"Lớp raster {found.id} không có cách vẽ “{look[:20]}”; có: {known}.",
        f"The raster layer {found.id} has no look “{look[:20]}”; it has: {known}.",
    )


async def _what(layer: Annotated[Layer, Depends(_layer)], look: Annotated[Look, Depends(_look)]) -> tuple[Layer, Look]:
    return layer, look


async def _address(z: str, x: str, y: str) -> TileAddress:
    return read_address(z, x, y)


LayerDep = Annotated[Layer, Depends(_layer)]
LookDep = Annotated[Look, Depends(_look)]
WhatDep = Annotated[tuple[Layer, Look], Depends(_what)]
AddressDep = Annotated[TileAddress, Depends(_address)]
SpotDep = Annotated[Spot, Depends(read_spot)]


def raster_layer(catalog: Catalog, view: View, name: str) -> Layer:
    """A layer that the caller may see and whose rows are rasters; any other does not exist here."""
    layer = view.layer(catalog, name)
    if layer.file.raster is None:
        raise unknown_layer(name)
    return layer


@router.get("/rasters/{raster}/value")
async def get_value(request: Request, catalog: CatalogDep, view: Caller, layer: LayerDep, spot: SpotDep) -> Response:
    """The value of a raster layer at a point, with its unit or class, and the sheet that says so."""
    painter: Painter = request.app.state.painter
    async with reading(request) as snap:
        sheets = await spot.sheets(snap, view, layer)
    return json_answer(request, told_value(catalog, layer, await read_at(painter, spot, sheets)))


@router.get("/rasters/{raster}/{look}")
async def get_raster_tilejson(
    request: Request, view: Caller, layer: LayerDep, look: LookDep, known: LayerStatesDep
) -> Response:
    """TileJSON 3.0 of a raster layer: address, zooms, bounds, legend, sources."""
    async with reading(request) as snap:
        states = await known.of(snap, view, [layer])
        finest = await finest_m(snap, layer)
    tiles = address(request, f"/rasters/{layer.id}/{look}/{{z}}/{{x}}/{{y}}.png")
    return json_answer(request, raster_tilejson(request.app.state.catalog, layer, look, states, (tiles, finest)))


@router.get("/rasters/{raster}/{look}/{z}/{x}/{y}.png")
async def get_raster_tile(request: Request, view: Caller, what: WhatDep, at: AddressDep, when: WhenDep) -> Response:
    """A PNG tile of 256 pixels: the layer's colours, shaded relief, or heights as Terrain-RGB."""
    return await raster_answer(request, view, what, at, when)


async def raster_answer(
    request: Request, view: View, what: tuple[Layer, Look], at: TileAddress, when: When
) -> Response:
    painter: Painter = request.app.state.painter
    if when != NEWEST:
        async with reading(request) as snap:
            view = await view_at(snap, view, [what[0]], when)
    painting = await painter.painting(pool_of(request), view, what, at)
    note_release(request, view.release if isinstance(view, PastView) else painting.release)
    headers = {"ETag": f'"{painting.name}"', **cache_headers(view)}
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(await painter.png(painting), headers=headers, media_type=PNG)


@router.get("/cogs/{sha256}.tif")
async def get_cog(request: Request, catalog: CatalogDep, view: Caller, sha256: str) -> Response:
    """The Cloud-Optimised GeoTIFF itself, whole or in ranges; it never changes."""
    painter: Painter = request.app.state.painter
    path = cog_path(painter.folder, sha256)
    if NAME.fullmatch(sha256):
        async with reading(request) as snap:
            if await is_named(snap, catalog, view, sha256) and path.is_file():
                scope = "public" if view.is_public else "private"
                kept = {"Cache-Control": f"{scope}, max-age=31536000, immutable", "ETag": f'"{sha256}"'}
                return KeptFile(path, kept, COG)
    raise UnknownLayer(f"Không có tệp raster “{sha256[:80]}”.", f"There is no raster file “{sha256[:80]}”.")
