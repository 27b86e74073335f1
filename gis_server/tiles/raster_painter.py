"""Paints raster tiles: which sheets lie under one is asked of the release, all else follows from their content."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncpg
import numpy as np

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.db.pool import acquired
from gis_server.db.statements import text
from gis_server.rasters.reading import Cells, cells_at
from gis_server.releases.rasters import cog_path
from gis_server.tiles.address import TileAddress
from gis_server.tiles.flights import Gate
from gis_server.tiles.raster_cells import SIDE, WORLD_M, moved, pixels_of_tile
from gis_server.tiles.raster_looks import Look, Pixels, coloured, hillshade, png, terrain
from gis_server.web.made_once import MadeOnce

SQL = Path(__file__).parent / "sql"
MOST_SHEETS = 200
AT_ONCE, QUEUE = 2, 128
KEPT_BYTES = 48 << 20
"""Painted tiles that a worker remembers."""
NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """A raster under a tile: its content and its grid."""

    sha256: str
    srid: int


@dataclass(frozen=True)
class Painting:
    """What a tile shows: its address, the look, and the sheets, the finest first."""

    layer: Layer
    look: Look
    at: TileAddress
    release: int
    sheets: tuple[Sheet, ...]

    @property
    def name(self) -> str:
        """Of the content: the same sheets under the same rules give the same tile, whatever the release."""
        rule = self.layer.file.raster
        told = (self.layer.id, self.look, self.at, self.sheets, rule and rule.model_dump_json())
        return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()


class Painter:
    """Few tiles at once, in threads; each painted once for everybody who waits."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self.folder, self.catalog = folder, catalog
        self._gate = Gate(AT_ONCE, QUEUE)
        self._painted = MadeOnce(KEPT_BYTES)

    async def painting(self, pool: asyncpg.Pool, view: View, what: tuple[Layer, Look], at: TileAddress) -> Painting:
        """What a tile shows of the rows that a view reads; its release is the newest."""
        layer, look = what
        asked = text(SQL, "raster_sheets", rows=view.rows(layer))
        async with acquired(pool) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            rows = await conn.fetch(asked, at.z, at.x, at.y, MOST_SHEETS)
            release = (
                rows[0]["release"]
                if rows
                else await conn.fetchval("SELECT coalesce(max(release), 0) FROM meta.release")
            )
        sheets = tuple(Sheet(row["sha256"], row["luoi"]) for row in rows if NAME.fullmatch(row["sha256"]))
        return Painting(layer, look, at, release, sheets)

    async def png(self, what: Painting) -> bytes:
        paint = partial(asyncio.to_thread, self._paint, what)
        return await self._painted.of(what.name, partial(self._gate.pass_through, paint))

    def _paint(self, what: Painting) -> bytes:
        return png(self.pixels(what))

    def pixels(self, what: Painting) -> Pixels:
        """The tile as RGBA, or as RGB for terrain."""
        rule = what.layer.file.raster
        assert rule is not None
        around = 1 if what.look == "hillshade" else 0
        places = pixels_of_tile(what.at.z, what.at.x, what.at.y, around)
        cells = self.cells(what.sheets, places, smooth=rule.kind != "classes")
        match what.look:
            case "terrain":
                return terrain(cells)
            case "hillshade":
                return hillshade(cells, _pixel_m(what.at))
            case _:
                return coloured(rule, self.catalog.domains, cells)

    def cells(
        self, sheets: Sequence[Sheet], places: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", *, smooth: bool
    ) -> Cells:
        """Values at places in Web Mercator, from the first sheet that has any; a file that is lost has none."""
        shape = places.shape[:2]
        found = Cells(np.zeros((1, *shape)), np.zeros(shape, bool))
        grids: dict[int, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {}
        for sheet in sheets:
            path = cog_path(self.folder, sheet.sha256)
            if found.valid.all() or not path.is_file():
                continue
            if sheet.srid not in grids:
                grids[sheet.srid] = moved(self.catalog.crs, places, sheet.srid)
            more = cells_at(path, grids[sheet.srid], smooth=smooth)
            found = found if more is None else _over(found, more)
        return found


def _over(upper: Cells, lower: Cells) -> Cells:
    """The upper sheet, and the lower one in its gaps; a grey image under a coloured one is grey in all bands."""
    bands = max(len(upper.values), len(lower.values))
    first, second = (
        np.broadcast_to(one.values, (bands, *one.valid.shape)) if len(one.values) == 1 else one.values
        for one in (upper, lower)
    )
    count = min(len(first), len(second))
    return Cells(np.where(upper.valid, first[:count], second[:count]), upper.valid | lower.valid)


def _pixel_m(at: TileAddress) -> float:
    """Metres on the ground of a pixel in the middle of a tile."""
    north = np.pi * (1 - 2 * (at.y + 0.5) / 2**at.z)
    return float(WORLD_M / 2**at.z / SIDE / np.cosh(north))
