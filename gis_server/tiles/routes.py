"""Routes of tiles: ask, answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.tiles.address import TileAddress, read_address
from gis_server.tiles.answer import Answer, Asked, answer, encoding_of
from gis_server.tiles.desk import Desk
from gis_server.tiles.entry import Entry
from gis_server.tiles.tilejson import tilejson
from gis_server.tiles.tilesets import Tileset, find_tileset
from gis_server.web.answers import address, json_answer
from gis_server.web.asking import Caller, CatalogDep, View, note_release, pool_of, reading
from gis_server.web.state import LayerStatesDep

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
    desk: Desk = request.app.state.desk
    entry = await desk.tile(pool_of(request), desk.shelves.find(view, found.id), at)
    return tile_answer(request, view, entry)


def tile_answer(request: Request, view: View, entry: Entry) -> Response:
    """A drawn tile as the front would answer it, were it kept."""
    note_release(request, entry.release)
    return plain_response(answer(entry.kept(seeded=False), entry.release, _asked(request, view)))


def _asked(request: Request, view: View) -> Asked:
    known, accept = (",".join(request.headers.getlist(name)) for name in ("if-none-match", "accept-encoding"))
    return Asked(encoding_of(accept), known or None, view.is_public)


def plain_response(found: Answer) -> Response:
    """Exactly the headers of the answer."""
    response = Response(found.body, found.status)
    given = [(name.encode(), value.encode()) for name, value in found.headers]
    response.raw_headers = [*given, *(pair for pair in response.raw_headers if found.body)]
    return response
