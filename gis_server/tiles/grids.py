"""The grids that tiles are cut by, tile matrix sets as OGC has them: two of everybody's, and the city's own."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gis_server.catalog.crs import WEB_MERCATOR, WGS84, CrsBook
from gis_server.catalog.model import Text
from gis_server.errors import UnknownLayer
from gis_server.tiles.address import HIGHEST_ZOOM, TileAddress, read_number

OGC = "http://www.opengis.net/def"
HALF_WORLD_M = 20037508.342789244
HIGHEST_LATITUDE = 85.0511287798066
WEB = "WebMercatorQuad"
STEPS = 64
"""Parts of a box's edge when it is moved into a grid where that edge is bent."""
Box = tuple[float, float, float, float]
"""West, south, east, north; of a grid in its own units."""


@dataclass(frozen=True)
class TileGrid:
    """A tile matrix set: matrix 0 begins at a corner in the north-west, and each one after it halves the tiles."""

    id: str
    title: Text
    srid: int
    crs: str
    axes: tuple[str, str]
    well_known: str | None
    """The scale set by which OGC knows it; None for the city's own."""
    corner: tuple[float, float]
    side: float
    """Of a tile of matrix 0, in the units of the system."""
    columns: int
    """Of matrix 0, which has one row."""
    matrices: int
    step: int
    """Matrix m shows what zoom m + step of Web Mercator does: its tiles are about as wide on the ground."""
    unit_m: float
    shown: Box
    """As much of it as Web Mercator shows, too."""

    @property
    def uri(self) -> str | None:
        return f"{OGC}/tilematrixset/OGC/1.0/{self.id}" if self.well_known else None

    @property
    def finest(self) -> int:
        """The last matrix that is served; a definition of OGC goes on beyond it."""
        return min(self.matrices - 1, HIGHEST_ZOOM - self.step)

    def size(self, matrix: int) -> tuple[int, int]:
        """Columns and rows."""
        return self.columns * 2**matrix, 2**matrix

    def read(self, matrix: str, row: str, column: str) -> TileAddress:
        """A tile of this grid; a sentence for what is none."""
        at = read_number("tileMatrix", matrix, self.finest)
        columns, rows = self.size(at)
        return TileAddress(at, read_number("tileCol", column, columns - 1), read_number("tileRow", row, rows - 1))

    def matrix_range(self, zooms: tuple[int, int]) -> tuple[int, int] | None:
        """First and last matrix that show what these zooms do; None where that is beyond the grid."""
        low, high = (min(max(zoom - self.step, 0), self.finest) for zoom in zooms)
        return None if zooms[1] < self.step else (low, high)

    def cells(self, matrix: int, box: Box) -> tuple[int, int, int, int]:
        """First and last column, first and last row of the tiles that a box lies in."""
        side = self.side / 2**matrix
        west, south, east, north = box
        columns, rows = self.size(matrix)
        across = [int(np.clip((x - self.corner[0]) // side, 0, columns - 1)) for x in (west, east)]
        down = [int(np.clip((self.corner[1] - y) // side, 0, rows - 1)) for y in (north, south)]
        return across[0], across[1], down[0], down[1]


def grids_of(crs: CrsBook) -> Mapping[str, TileGrid]:
    """By id, the one of the web first."""
    return {grid.id: grid for grid in (_web_mercator(), _world(), _city(crs))}


def find_grid(grids: Mapping[str, TileGrid], name: str) -> TileGrid:
    if name not in grids:
        known = ", ".join(grids)
        raise UnknownLayer(
            f"Không có lưới ô “{name[:80]}”; có: {known}.",
            f"There is no tile matrix set “{name[:80]}”; there are: {known}.",
        )
    return grids[name]


def box_in(crs: CrsBook, grid: TileGrid, degrees: Box) -> Box:
    """The box in the grid around a box in degrees, moved by the pinned shift."""
    west, south, east, north = degrees
    south, north = (max(-HIGHEST_LATITUDE, min(HIGHEST_LATITUDE, one)) for one in (south, north))
    across, up = np.linspace(west, east, STEPS), np.linspace(south, north, STEPS)
    edges = [(across, np.full(STEPS, south)), (across, np.full(STEPS, north))]
    edges += [(np.full(STEPS, west), up), (np.full(STEPS, east), up)]
    points = crs.transform(np.vstack([np.column_stack(edge) for edge in edges]), WGS84, grid.srid)
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def _web_mercator() -> TileGrid:
    title = Text(vi="Web Mercator (bản đồ web)", en="Web Mercator (web maps)")
    half = HALF_WORLD_M
    system = WEB_MERCATOR, f"{OGC}/crs/EPSG/0/3857", ("X", "Y"), f"{OGC}/wkss/OGC/1.0/GoogleMapsCompatible"
    shown = (-half, -half, half, half)
    return TileGrid(WEB, title, *system, (-half, half), 2 * half, 1, 25, 0, 1.0, shown)


def _world() -> TileGrid:
    title = Text(vi="Kinh độ, vĩ độ WGS 84", en="WGS 84 longitude and latitude")
    system = WGS84, f"{OGC}/crs/OGC/1.3/CRS84", ("Lon", "Lat"), f"{OGC}/wkss/OGC/1.0/GoogleCRS84Quad"
    degree_m = 6378137 * np.pi / 180
    shown = (-180.0, -HIGHEST_LATITUDE, 180.0, HIGHEST_LATITUDE)
    return TileGrid("WorldCRS84Quad", title, *system, (-180, 90), 180, 2, 24, 1, float(degree_m), shown)


def _city(crs: CrsBook) -> TileGrid:
    """Pixels of whole metres from 2048 m down to 1 m (matrix 11), then halves to 1/32 m; round corners."""
    title = crs.file.grids[crs.stored].title
    west, north, side = 400_000.0, 1_400_000.0, 2048.0 * 256
    shown = (west, north - side, west + side, north)
    system = crs.stored, f"{OGC}/crs/EPSG/0/{crs.stored}", ("E", "N"), None
    return TileGrid("VN2000HCM", title, *system, (west, north), side, 1, 17, 6, 1.0, shown)
