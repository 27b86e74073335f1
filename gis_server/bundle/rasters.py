"""Pictures of a bundle: what the map draws of raster layers in the area, an archive for each layer and look."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import asyncpg
from pmtiles.tile import Compression, TileType

from gis_server.access.views import View
from gis_server.bundle.look import PICTURES, picture_file, pictures_of
from gis_server.bundle.order import House, Order
from gis_server.catalog import Layer
from gis_server.errors import ExportFailed
from gis_server.releases.snapshot import snapshot
from gis_server.tiles.address import TileAddress
from gis_server.tiles.archive import archive_writer, header_of
from gis_server.tiles.raster_looks import looks_of
from gis_server.tiles.raster_painter import Painter
from gis_server.tiles.raster_tilejson import finest_m, raster_zooms
from gis_server.tiles.walk import Area, Box, place_in_archive, shared_box, tiles_in
from gis_server.web.state import LayerState, LayerStates

Tell = Callable[[int, str], None]


async def write_pictures(pool: asyncpg.Pool, house: House, order: Order, folder: Path, tell: Tell) -> None:
    """`rasters/<layer>.<look>.pmtiles` for each picture of the style that shows anything in the area."""
    (folder / PICTURES).mkdir()
    painter = Painter(house.settings.rasters_folder, house.catalog)
    for name, look in pictures_of(house, order):
        layer = house.catalog[name]
        box, area = await _where(pool, order, layer)
        path = folder / PICTURES / picture_file(name, look)
        with path.open("wb") as file, archive_writer(file) as writer:
            tiles = tiles_in(box, area) if box else []
            async for at, png in _painted(pool, painter, order.shelf.view, (layer, look), tiles):
                writer.write_tile(place_in_archive(at), png)
                tell(1, layer.file.title.vi)
            if writer.addressed_tiles and box is not None:
                about = {"bounds": box, "minzoom": area.low, "maxzoom": area.high}
                kind = {"tile_type": TileType.PNG, "tile_compression": Compression.NONE}
                writer.finalize({**header_of(about), **kind}, {"name": layer.file.title.vi, "bando:layer": name})
        if not path.stat().st_size:
            path.unlink()


async def refuse_mixed(pool: asyncpg.Pool, house: House, order: Order, release: int) -> None:
    """Pictures are of the newest release: where one came meanwhile and changed them, the bundle is not of one."""
    layers = [house.catalog[name] for name, _ in pictures_of(house, order)]
    if any(state.release > release for state in (await _states(pool, order, layers)).values()):
        raise ExportFailed(
            "Trong lúc xuất, một bản công bố mới đã thay đổi raster, nên gói không thuộc một bản duy nhất. Hãy xuất "
            "lại.",
            "A release changed the rasters during the export, so the bundle would not belong to a single release. "
            "Export again.",
        )


async def _painted(
    pool: asyncpg.Pool, painter: Painter, view: View, picture: tuple[Layer, str], tiles: Sequence[TileAddress]
) -> AsyncIterator[tuple[TileAddress, bytes]]:
    layer, look = picture
    looks = {one: one for one in looks_of(layer.file.raster)} if layer.file.raster else {}
    for at in tiles:
        painting = await painter.painting(pool, view, (layer, looks[look]), at)  # type: ignore[index]
        if painting.sheets:
            yield at, await painter.png(painting)


async def _where(pool: asyncpg.Pool, order: Order, layer: Layer) -> tuple[Box | None, Area]:
    """Where in the area the layer has sheets, and at which zooms it is worth painting."""
    states = await _states(pool, order, [layer])
    async with snapshot(pool) as snap:
        low, high = raster_zooms(layer, await finest_m(snap, layer))
    area = Area(max(low, order.area.low), min(high, order.area.high), order.area.box)
    known = states[layer.id].bounds if layer.id in states else None
    return (shared_box(area.box or known, known) if known else None), area


async def _states(pool: asyncpg.Pool, order: Order, layers: Sequence[Layer]) -> dict[str, LayerState]:
    async with snapshot(pool) as snap:
        return await LayerStates().of(snap, order.shelf.view, list(layers))
