"""What pictures are drawn of: tiles, rasters, archives, features under a click, as their rooms give them to a view."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import asyncpg
from fastapi import FastAPI

from gis_server.access.views import View
from gis_server.errors import MapError
from gis_server.features.identify import Over, identify, spot_of
from gis_server.images.suppliers import Beneath, LonLat, Place, Suppliers, Supply
from gis_server.releases.snapshot import Snapshot
from gis_server.tiles import raster_point
from gis_server.tiles.address import TileAddress
from gis_server.tiles.raster_looks import looks_of
from gis_server.tiles.raster_routes import raster_layer
from gis_server.tiles.supplied import E7
from gis_server.web.asking import busy
from gis_server.web.when import PastView


def suppliers(app: FastAPI) -> Suppliers:
    """Of this service, which finds its database when it starts."""
    rooms = _Rooms(app)
    sprites, glyphs = app.state.sprites, app.state.settings.glyphs_folder
    near = (rooms.near, rooms.values)
    return Suppliers(rooms.tile, rooms.raster, rooms.archive, rooms.beneath, sprites, glyphs, near)


class _Rooms:
    def __init__(self, app: FastAPI) -> None:
        self._state = app.state

    async def tile(self, view: View, tileset: str, place: Place, release: int) -> Supply:
        """As it is in this release or later; or as it was in the release that the view is of."""
        at = TileAddress(*place)
        if isinstance(view, PastView):
            return Supply(await self._state.past.tile(self._pool, view, tileset, at))
        entry = await self._state.desk.tile_of(self._pool, view, tileset, at, release)
        return Supply(entry.body("identity"), entry.release)

    async def raster(self, view: View, layer: str, look: str, place: Place) -> Supply:
        found = raster_layer(self._state.catalog, view, layer)
        assert found.file.raster is not None
        asked = found, next(one for one in looks_of(found.file.raster) if one == look)
        painting = await self._state.painter.painting(self._pool, view, asked, TileAddress(*place))
        release = 0 if isinstance(view, PastView) else painting.release
        return Supply(await self._state.painter.png(painting), release)

    async def archive(self, view: View, name: str, place: Place) -> Supply:
        found = self._state.archives.find(view, name)
        body = await asyncio.to_thread(found.file.tile, TileAddress(*place))
        return Supply(found.file.unpacked(body) if body and found.rule.format == "mvt" else body)

    def beneath(self, view: View, name: str) -> Beneath | None:
        with suppress(MapError):
            found = self._state.archives.find(view, name)
            header = found.file.header
            west, south, east, north = (header[f"{side}_e7"] / E7 for side in SIDES)
            return Beneath(found.etag, (header["min_zoom"], header["max_zoom"]), (west, south, east, north))
        return None

    async def near(
        self, snap: Snapshot, view: View, layers: list[str], around: tuple[LonLat, float]
    ) -> Sequence[dict[str, Any]]:
        (lon, lat), reach_m = around
        spot = spot_of(self._state.catalog, lon, lat, reach_m)
        return await identify(snap, Over(self._state.catalog, view, layers), spot) if spot else []

    async def values(self, snap: Snapshot, view: View, layers: list[str], at: LonLat) -> Sequence[dict[str, Any]]:
        """What rasters say there, each as a feature."""
        catalog, spot, told = self._state.catalog, raster_point.spot_of(*at), []
        for layer in map(catalog.__getitem__, layers):
            found = await raster_point.read_at(self._state.painter, spot, await spot.sheets(snap, view, layer))
            if found is not None:
                told.append(raster_point.told_feature(catalog, layer, at, found))
        return told

    @property
    def _pool(self) -> asyncpg.Pool:
        pool: asyncpg.Pool | None = self._state.pool
        if pool is None:
            raise busy()
        return pool


SIDES = ("min_lon", "min_lat", "max_lon", "max_lat")
