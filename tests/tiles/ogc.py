"""Tiles of any grid by hand: where they lie, their addresses, and what two decoders read in them."""

import math
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pyogrio
import shapely

from gis_server.catalog import Catalog
from gis_server.tiles.grids import TileGrid
from tests.serving import X, Y

PARCELS = "cadastre.thua_dat"
GRIDS = ("WebMercatorQuad", "WorldCRS84Quad", "VN2000HCM")
Tile = tuple[int, int, int]
"""Matrix, row, column."""


def tile_of(catalog: Catalog, grid: TileGrid, zoom: int, at: tuple[float, float] = (X, Y)) -> Tile:
    """The tile that shows a place of the stored grid as a zoom of Web Mercator does."""
    ((x, y),) = catalog.crs.transform(np.array([at]), catalog.crs.stored, grid.srid)
    matrix = zoom - grid.step
    side = grid.side / 2**matrix
    return matrix, math.floor((grid.corner[1] - y) / side), math.floor((x - grid.corner[0]) / side)


def corner_of(grid: TileGrid, tile: Tile) -> tuple[float, float, float]:
    """The north-west corner of a tile, and its side."""
    matrix, row, column = tile
    side = grid.side / 2**matrix
    return grid.corner[0] + column * side, grid.corner[1] - row * side, side


def path_to(collection: str, grid: str, tile: Tile) -> str:
    return f"/collections/{collection}/tiles/{grid}/{'/'.join(map(str, tile))}"


def decoded_by_mapbox(body: bytes, grid: TileGrid, tile: Tile, layer: str) -> dict[int, Any]:
    """fid → shape in the grid's system, the corner and side worked in by hand."""
    west, north, side = corner_of(grid, tile)
    features = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})[layer]["features"]
    return {
        one["id"]: shapely.transform(
            shapely.geometry.shape(one["geometry"]),
            lambda points: np.array([west, north]) + points * [side / 4096, -side / 4096],
        )
        for one in features
    }


def decoded_by_gdal(body: bytes, grid: TileGrid, tile: Tile, folder: Path) -> dict[int, Any]:
    west, north, side = corner_of(grid, tile)
    file = folder / "o.mvt"
    file.write_bytes(body)
    where = {"@GEOREF_TOPX": west, "@GEOREF_TOPY": north, "@GEOREF_TILEDIMX": side, "@GEOREF_TILEDIMY": side}
    _, _, shapes, values = pyogrio.raw.read(f"MVT:{file}", columns=["mvt_id"], CLIP="NO", **where)
    return dict(zip(values[0].tolist(), shapely.from_wkb(shapes), strict=True))


def parcel_in(catalog: Catalog, grid: TileGrid, number: int) -> Any:
    """The outline that was published, in the grid, by the pinned shift."""
    x, y = X + (number - 1) * 40, Y
    corners = np.array([(x - 5, y - 5), (x - 5, y + 5), (x + 5, y + 5), (x + 5, y - 5)])
    return shapely.Polygon(catalog.crs.transform(corners, catalog.crs.stored, grid.srid))


def tile_box(grid: TileGrid, tile: Tile) -> Any:
    west, north, side = corner_of(grid, tile)
    return shapely.box(west, north - side, west + side, north)
