"""Routes of tiles: ask, answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.tiles.address import TileAddress, read_address
from gis_server.tiles.render import Renderer
from gis_server.tiles.tilejson import tilejson
from gis_server.tiles.tilesets import Tileset, find_tileset
from gis_server.web.answers import address, cache_headers, etag_of, is_known, json_answer
from gis_server.web.asking import Caller, CatalogDep, note_release, pool_of, reading
from gis_server.web.state import LayerStatesDep

MVT = "application/vnd.mapbox-vector-tile"
router = APIRouter(tags=["tiles"])


async def _tileset(catalog: CatalogDep, view: Caller, tileset: str) -> Tileset:
    return find_tileset(catalog, view, tileset)


async def _address(z: str, x: str, y: str) -> TileAddress:
    return read_address(z, x, y)


TilesetDep = Annotated[Tileset, Depends(_tileset)]
AddressDep = Annotated[TileAddress, Depends(_address)]


@router.get("/tiles/{tileset}")
async def get_tilejson(
    request: Request, catalog: CatalogDep, view: Caller, found: TilesetDep, known: LayerStatesDep
) -> Response:
    """TileJSON 3.0 of a layer or portal map: address, zooms, bounds, fields, code lists, sources."""
    async with reading(request) as snap:
        states = await known.of(snap, view, [drawn.layer for drawn in found.layers])
    tiles = address(request, f"/tiles/{found.id}/{{z}}/{{x}}/{{y}}.mvt")
    return json_answer(request, tilejson(catalog, found, states, tiles))


@router.get("/tiles/{tileset}/{z}/{x}/{y}.mvt")
async def get_tile(request: Request, view: Caller, found: TilesetDep, at: AddressDep) -> Response:
    """A Mapbox Vector Tile 2.1: MVT layer = layer id, feature id = fid; 204 where nothing is drawn."""
    renderer: Renderer = request.app.state.renderer
    tile = await renderer.tile(pool_of(request), view, found, at)
    note_release(request, tile.release)
    headers = {"ETag": etag_of(tile.body), **cache_headers(view)}
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if not tile.body:  # MapLibre reads 204 as an empty tile; a 404 it would report as an error
        return Response(status_code=204, headers=headers)
    return Response(tile.body, headers=headers, media_type=MVT)
