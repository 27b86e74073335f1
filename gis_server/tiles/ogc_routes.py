"""Routes of OGC API Tiles and of tile matrix sets: ask, answer."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.access.views import unknown_layer
from gis_server.errors import BadRequest
from gis_server.tiles.address import TileAddress
from gis_server.tiles.desk import Desk
from gis_server.tiles.grids import WEB, TileGrid, find_grid, grids_of
from gis_server.tiles.ogc import Place, matrix_set, matrix_set_item, tileset_document, tileset_item
from gis_server.tiles.routes import TilesetDep, tile_answer
from gis_server.tiles.tilejson import tilejson
from gis_server.tiles.tilesets import Tileset, find_tileset, maps_of
from gis_server.web.answers import JSON, address, json_answer, link
from gis_server.web.asking import Caller, CatalogDep, View, pool_of, reading

router = APIRouter(tags=["tiles"])
TILE = "/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"


async def _grids(catalog: CatalogDep) -> Mapping[str, TileGrid]:
    return grids_of(catalog.crs)


GridsDep = Annotated[Mapping[str, TileGrid], Depends(_grids)]


async def _grid(grids: GridsDep, tileMatrixSetId: str) -> TileGrid:
    return find_grid(grids, tileMatrixSetId)


GridDep = Annotated[TileGrid, Depends(_grid)]


async def _form(f: str = "json") -> str:
    if f != "json":
        raise BadRequest(f"f={f[:20]}: địa chỉ này chỉ có json.", f"f={f[:20]}: only json is offered here.")
    return f


async def _tileset_form(grid: GridDep, f: str = "json") -> str:
    """TileJSON has no word for another grid than the web's."""
    if f not in ("json", "tilejson") or (f == "tilejson" and grid.id != WEB):
        raise BadRequest(
            f"f={f[:20]}: chọn json, hoặc tilejson (chỉ cho {WEB}).",
            f"f={f[:20]}: choose json, or tilejson ({WEB} only).",
        )
    return f


FormDep = Annotated[str, Depends(_form)]
TilesetFormDep = Annotated[str, Depends(_tileset_form)]


async def _collection(catalog: CatalogDep, view: Caller, collectionId: str) -> Tileset:
    """The tileset of a layer; a map is no collection."""
    if collectionId in catalog.maps:
        raise unknown_layer(collectionId)
    return find_tileset(catalog, view, collectionId)


async def _of_collection(request: Request, found: Annotated[Tileset, Depends(_collection)]) -> Place:
    return Place(found, f"/collections/{found.id}/tiles", partial(address, request))


async def _of_tileset(request: Request, found: TilesetDep) -> Place:
    return _place(request, found)


def _place(request: Request, found: Tileset) -> Place:
    return Place(found, f"/tiles/{found.id}", partial(address, request))


CollectionDep = Annotated[Place, Depends(_of_collection)]
PlaceDep = Annotated[Place, Depends(_of_tileset)]


async def _at(grid: GridDep, tileMatrix: str, tileRow: str, tileCol: str) -> TileAddress:
    return grid.read(tileMatrix, tileRow, tileCol)


AtDep = Annotated[TileAddress, Depends(_at)]


@router.get("/tileMatrixSets")
async def get_matrix_sets(request: Request, view: Caller, grids: GridsDep, form: FormDep) -> Response:
    """The tile matrix sets that tiles are cut by."""
    here = link(address(request, "/tileMatrixSets", f="json"), "self", JSON)
    items = [matrix_set_item(grid, partial(address, request)) for grid in grids.values()]
    return json_answer(request, {"links": [here], "tileMatrixSets": items})


@router.get("/tileMatrixSets/{tileMatrixSetId}")
async def get_matrix_set(request: Request, view: Caller, grid: GridDep, form: FormDep) -> Response:
    """One tile matrix set: its CRS, and for each level the origin, pixel size, columns and rows."""
    return json_answer(request, matrix_set(grid, partial(address, request)))


@router.get("/tiles")
async def get_tilesets(request: Request, catalog: CatalogDep, view: Caller, grids: GridsDep, form: FormDep) -> Response:
    """The tilesets of the whole city: each map in each tile matrix set."""
    places = [_place(request, found) for found in maps_of(catalog, view)]
    return _list(request, "/tiles", places, grids)


@router.get("/collections/{collectionId}/tiles")
async def get_collection_tilesets(
    request: Request, view: Caller, place: CollectionDep, grids: GridsDep, form: FormDep
) -> Response:
    """The tilesets of one layer, one for each tile matrix set."""
    return _list(request, place.path, [place], grids)


@router.get("/collections/{collectionId}/tiles/{tileMatrixSetId}")
async def get_collection_tileset(
    request: Request, place: CollectionDep, grid: GridDep, form: TilesetFormDep
) -> Response:
    """A layer's tileset in a tile matrix set: limits of each level, layers with their fields, address of the tiles."""
    return await _tileset(request, place, grid, form)


@router.get("/tiles/{tileset}/{tileMatrixSetId}")
async def get_tileset(request: Request, place: PlaceDep, grid: GridDep, form: TilesetFormDep) -> Response:
    """The same of a map, or of a layer."""
    return await _tileset(request, place, grid, form)


@router.get(f"/collections/{{collectionId}}/tiles{TILE}")
async def get_collection_tile(
    request: Request, view: Caller, place: CollectionDep, grid: GridDep, at: AtDep
) -> Response:
    """A layer's Mapbox Vector Tile in a grid; in WebMercatorQuad the bytes of `/tiles/{tileset}/{z}/{x}/{y}.mvt`."""
    return await _tile(request, place, grid, at)


@router.get(f"/tiles/{{tileset}}{TILE}")
async def get_grid_tile(request: Request, view: Caller, place: PlaceDep, grid: GridDep, at: AtDep) -> Response:
    """The same of a map, or of a layer."""
    return await _tile(request, place, grid, at)


def _list(request: Request, path: str, places: list[Place], grids: Mapping[str, TileGrid]) -> Response:
    items = [tileset_item(place, grid) for place in places for grid in grids.values()]
    return json_answer(request, {"links": [link(address(request, path, f="json"), "self", JSON)], "tilesets": items})


async def _tileset(request: Request, place: Place, grid: TileGrid, form: str) -> Response:
    catalog, view = request.app.state.catalog, request.state.view
    async with reading(request) as snap:
        states = await request.app.state.layer_states.of(snap, view, [one.layer for one in place.tileset.layers])
    if form == "tilejson":
        tiles = address(request, f"{place.path}/{grid.id}/{{z}}/{{y}}/{{x}}")
        return json_answer(request, tilejson(catalog, place.tileset, states, tiles))
    return json_answer(request, tileset_document(catalog.crs, place, grid, states))


async def _tile(request: Request, place: Place, grid: TileGrid, at: TileAddress) -> Response:
    desk: Desk = request.app.state.desk
    view: View = request.state.view
    shelf = desk.shelves.find(view, place.tileset.id)
    return tile_answer(request, view, await desk.grid_tile(pool_of(request), shelf, grid, at))
