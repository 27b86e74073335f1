"""The documents of OGC API Tiles: tile matrix sets, and tilesets with their limits, layers and links."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gis_server.catalog.crs import CrsBook
from gis_server.tiles.answer import MVT
from gis_server.tiles.grids import OGC, WEB, Box, TileGrid, box_in
from gis_server.tiles.tilejson import CITY, vector_layer
from gis_server.tiles.tilesets import Drawn, Tileset
from gis_server.web.answers import JSON, Link, link
from gis_server.web.state import LayerState, attributions, joined_bounds

REL = f"{OGC}/rel/ogc/1.0"
PIXEL_M = 0.00028
"""What OGC takes a pixel to be, for scales."""
SIDE = 256
DIMENSION = {"Point": 0, "LineString": 1, "Polygon": 2}
TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}
Document = dict[str, Any]
Address = Callable[..., str]
"""Path, and parameters by name → an address of this service."""


@dataclass(frozen=True)
class Place:
    """Where tilesets are told of: `/collections/{id}/tiles`, or `/tiles` for maps."""

    tileset: Tileset
    path: str
    """Of the tileset, without the grid's name."""
    address: Address


def matrix_set_item(grid: TileGrid, address: Address) -> Document:
    here = link(address(f"/tileMatrixSets/{grid.id}"), "self", JSON, _words(grid))
    return {"id": grid.id, "title": _words(grid), "uri": uri_of(grid, address), "crs": grid.crs, "links": [here]}


def matrix_set(grid: TileGrid, address: Address) -> Document:
    """The definition (OGC 17-083r4, JSON encoding)."""
    known = {"wellKnownScaleSet": grid.well_known} if grid.well_known else {}
    return {
        "id": grid.id,
        "title": _words(grid),
        "uri": uri_of(grid, address),
        "crs": grid.crs,
        **known,
        "orderedAxes": list(grid.axes),
        "tileMatrices": [_matrix(grid, number) for number in range(grid.matrices)],
    }


def _matrix(grid: TileGrid, number: int) -> Document:
    cell = grid.side / SIDE / 2**number
    columns, rows = grid.size(number)
    return {
        "id": str(number),
        "scaleDenominator": cell * grid.unit_m / PIXEL_M,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": list(grid.corner),
        "tileWidth": SIDE,
        "tileHeight": SIDE,
        "matrixWidth": columns,
        "matrixHeight": rows,
    }


def tileset_item(place: Place, grid: TileGrid) -> Document:
    """An entry of a list of tilesets."""
    definition = place.address(f"/tileMatrixSets/{grid.id}")
    here = place.address(f"{place.path}/{grid.id}", f="json")
    title = f"{place.tileset.title.vi} · {place.tileset.title.en}"
    links = [
        link(here, "self", JSON, title),
        link(definition, f"{REL}/tiling-scheme", JSON, _words(grid)),
        *_items(place, grid),
    ]
    return {
        "title": title,
        "dataType": "vector",
        "crs": grid.crs,
        "tileMatrixSetURI": uri_of(grid, place.address),
        "tileMatrixSetId": grid.id,
        "links": links,
    }


def _items(place: Place, grid: TileGrid) -> list[Link | dict[str, Any]]:
    path = f"{place.path}/{grid.id}"
    template: dict[str, Any] = {
        **link(place.address(f"{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"), "item", MVT),
        "templated": True,
    }
    if grid.id != WEB:
        return [template]
    return [template, link(place.address(path, f="tilejson"), "alternate", JSON, "TileJSON 3")]


def tileset_document(crs: CrsBook, place: Place, grid: TileGrid, states: Mapping[str, LayerState]) -> Document:
    """The tileset's metadata: where there are tiles, and what is in them."""
    tileset = place.tileset
    box = box_in(crs, grid, joined_bounds(states) or CITY)
    described = tileset.description or tileset.title
    return {
        **tileset_item(place, grid),
        "description": f"{described.vi} · {described.en}",
        "mediaTypes": [MVT],
        "attribution": " · ".join(attributions(states)),
        "boundingBox": {"lowerLeft": list(box[:2]), "upperRight": list(box[2:]), "crs": grid.crs},
        "tileMatrixSetLimits": list(_limits(grid, tileset.zoom, box)),
        "layers": [one for drawn in tileset.layers if (one := _layer(drawn, grid))],
    }


def _limits(grid: TileGrid, zooms: tuple[int, int], box: Box) -> Iterable[Document]:
    matrices = grid.matrix_range(zooms)
    for number in range(matrices[0], matrices[1] + 1) if matrices else ():
        left, right, top, bottom = grid.cells(number, box)
        yield {
            "tileMatrix": str(number),
            "minTileRow": top,
            "maxTileRow": bottom,
            "minTileCol": left,
            "maxTileCol": right,
        }


def _layer(drawn: Drawn, grid: TileGrid) -> Document | None:
    """None for a layer that is only shown at zooms beyond the grid."""
    layer, matrices = drawn.layer, grid.matrix_range(drawn.zoom)
    if matrices is None:
        return None
    described = vector_layer(drawn)
    dimensions = {DIMENSION[kind.removeprefix("Multi")] for kind in layer.file.geometry}
    told = {"geometryDimension": dimensions.pop()} if len(dimensions) == 1 else {}
    properties = {name: _property(drawn, name, words) for name, words in described["fields"].items()}
    return {
        "id": layer.id,
        "title": described["description"],
        "dataType": "vector",
        **told,
        "minTileMatrix": str(matrices[0]),
        "maxTileMatrix": str(matrices[1]),
        "propertiesSchema": {"type": "object", "properties": properties},
    }


def _property(drawn: Drawn, name: str, words: str) -> Document:
    if name in drawn.layer.fields:
        return {"type": TYPES.get(drawn.layer.fields[name].type, "string"), "description": words}
    return {"type": "boolean" if name == "synthetic" else "integer", "description": words}


def uri_of(grid: TileGrid, address: Address) -> str:
    """By which clients know a grid; the city's own, which OGC does not list, by the address of its definition."""
    return grid.uri or address(f"/tileMatrixSets/{grid.id}")


def _words(grid: TileGrid) -> str:
    return f"{grid.title.vi} · {grid.title.en}"
