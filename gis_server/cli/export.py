"""`bando tiles export`: a map of one release to take along, as one PMTiles file or as a field bundle."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from gis_server.bundle.bundle import furnish, metadata_of, zip_up
from gis_server.bundle.drafted import drafted, scratch
from gis_server.bundle.forecast import bundle_size
from gis_server.bundle.look import ARCHIVE, pictures_of
from gis_server.bundle.order import House, Order
from gis_server.bundle.places import Surveyor
from gis_server.bundle.rasters import refuse_mixed, write_pictures
from gis_server.cli.context import Ready, ready
from gis_server.cli.tile_work import BoxOption, ViewOption, ZoomOption, area_of, bar, out, unknown_view
from gis_server.db.pool import open_pool
from gis_server.errors import SettingInvalid
from gis_server.figures import vietnamese
from gis_server.releases.snapshot import snapshot
from gis_server.tiles.archive import export as write_archive
from gis_server.tiles.forecast import forecast, most_of
from gis_server.tiles.office import Office, office
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.walk import Area

MIB = 2**20
ZIP = ".zip"


@dataclass(frozen=True)
class Wish:
    """What was asked for, as it was written."""

    tileset: str
    view: str
    area: Area
    place: str | None
    data: list[str] | None
    most: int
    bundle: bool
    dry: bool


def export(  # noqa: PLR0913 a command line has as many options as people need
    tileset: Annotated[str, typer.Argument(metavar="ID", help="Lớp hoặc bản đồ · layer or map")],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="FILE.pmtiles; với --bundle: thư mục mới hoặc .zip · with --bundle: a new folder or .zip",
        ),
    ],
    bundle: Annotated[
        bool,
        typer.Option(
            "--bundle",
            help="Cả gói ngoại tuyến, mở được không cần mạng · an offline bundle that opens without a network",
        ),
    ] = False,
    view: ViewOption = "public",
    zoom: ZoomOption = "0-16",
    bbox: BoxOption = None,
    place: Annotated[
        str | None, typer.Option("--place", metavar="CODE|NAME", help="Phường, xã, quận · a ward or district")
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data", metavar="ID", help="Chỉ những lớp này trong GeoPackage · only these layers in the GeoPackage"
        ),
    ] = None,
    no_data: Annotated[bool, typer.Option("--no-data", help="Không kèm GeoPackage · no GeoPackage")] = False,
    most_tiles: Annotated[
        int,
        typer.Option(
            min=1, help="Không bắt đầu nếu dự tính nhiều ô hơn số này · do not begin when more tiles are expected"
        ),
    ] = 300_000,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Chỉ ước lượng dung lượng, không ghi gì · only tell the size, write nothing"),
    ] = False,
) -> None:
    """Xuất một lớp hoặc bản đồ của một bản công bố để mang đi · Export a layer or map of one release, to take along."""
    _refuse_odd(target, bundle=bundle, data_options=bool(data) or no_data, two_areas=bool(bbox and place))
    wish = Wish(tileset, view, area_of(zoom, bbox), place, [] if no_data else data, most_tiles, bundle, dry_run)
    machine = ready()
    if dry_run:
        asyncio.run(_only_tell(machine, wish))
        return
    with drafted(target) as draft, ended_like_ctrl_c():
        if bundle:
            _write_bundle(machine, wish, draft, target)
        else:
            asyncio.run(_write_archive(machine, wish, draft))
    _say_done(target)


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Whoever ends the process by SIGTERM leaves as little behind as who presses Ctrl-C.

    It ends also where the cancellation was lost on its way: asyncpg loses one that comes together with an answer."""
    told = False

    def end(*_: object) -> None:
        nonlocal told
        told = True
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
    if told:
        raise KeyboardInterrupt


def _write_bundle(machine: Ready, wish: Wish, draft: Path, target: Path) -> None:
    if target.suffix == ZIP:
        with scratch(draft) as folder:
            _fill(machine, wish, folder)
            zip_up(folder, draft, target.stem)
    else:
        _fill(machine, wish, draft)


def _fill(machine: Ready, wish: Wish, folder: Path) -> None:
    folder.mkdir()
    house = House(machine.settings, machine.catalog, machine.database)
    order = asyncio.run(_write_archive(machine, wish, folder / ARCHIVE))
    asyncio.run(_write_pictures(house, order, folder))
    with out.status("…") as status:
        furnish(house, order, folder, status.update)


async def _write_archive(machine: Ready, wish: Wish, path: Path) -> Order:
    """The tiles of what was asked for; what it was, found out."""
    async with office(machine.settings, machine.catalog, machine.database) as opened:
        order = await _order(machine, opened, wish)
        most = await _tell_size(machine, opened, order, wish)
        with bar(order.shelf.name, most) as count:
            async for at, drawn in write_archive(opened.pool, machine.catalog, order.shelf, order.area, path):
                count(drawn, f"z{at}")
    return order


async def _only_tell(machine: Ready, wish: Wish) -> None:
    async with office(machine.settings, machine.catalog, machine.database) as opened:
        await _tell_size(machine, opened, await _order(machine, opened, wish), wish)
    out.print("Chưa ghi gì (--dry-run). [dim]Nothing was written.[/]")


async def _tell_size(machine: Ready, opened: Office, order: Order, wish: Wish) -> int:
    """Says what will be written before it is, and refuses what is too much; the most tiles it may be."""
    most = await most_of(opened.pool, order.shelf, order.area)
    if most > wish.most and not wish.dry:
        raise _too_many(most, wish.most)
    expected = await forecast(opened.pool, order.shelf, order.area)
    size, beside = expected.size, ""
    if wish.bundle:
        size = await bundle_size(opened.pool, machine.catalog, order, size)
        beside = " (thư mục, chưa kể ảnh raster · as a folder, pictures of rasters besides)"
    told = f"{vietnamese(size / MIB, 1)} MiB, {vietnamese(most)} ô · tiles"
    out.print(f"Ước lượng · Expected: khoảng · about {told}{beside}")
    return most


async def _write_pictures(house: House, order: Order, folder: Path) -> None:
    if not pictures_of(house, order):
        return
    async with await open_pool(house.database, house.settings) as pool:
        with bar("raster") as count:
            await write_pictures(pool, house, order, folder, count)
        await refuse_mixed(pool, house, order, metadata_of(folder / ARCHIVE)["bando:release"])


async def _order(machine: Ready, opened: Office, wish: Wish) -> Order:
    if wish.view not in opened.views:
        raise unknown_view(wish.view, opened)
    shelf = opened.shelves.find(opened.views[wish.view], wish.tileset)
    if wish.place is None:
        return Order(shelf, wish.area, None, _data(machine, shelf, wish.data))
    async with snapshot(opened.pool) as snap:
        name, box = await Surveyor(snap, machine.catalog, shelf.view, machine.places).find(wish.place)
    area = Area(wish.area.low, wish.area.high, box)
    return Order(shelf, area, name, _data(machine, shelf, wish.data))


def _data(machine: Ready, shelf: Shelf, wanted: list[str] | None) -> tuple[str, ...]:
    """The layers of the GeoPackage: those of the map unless others are named; rasters are no features."""
    names = shelf.layers if wanted is None else [shelf.view.layer(machine.catalog, name).id for name in wanted]
    return tuple(name for name in names if machine.catalog[name].file.raster is None)


def _refuse_odd(target: Path, *, bundle: bool, data_options: bool, two_areas: bool) -> None:
    if two_areas:
        raise SettingInvalid("Hãy chọn --bbox hoặc --place, không dùng cả hai.", "Choose --bbox or --place, not both.")
    if data_options and not bundle:
        raise SettingInvalid(
            "--data và --no-data chỉ dùng với --bundle.", "--data and --no-data are for --bundle only."
        )
    if bundle and target.is_dir():
        raise SettingInvalid(
            f"{target} đã có; hãy đặt tên khác hoặc xóa trước.",
            f"{target} exists already; name another or remove it first.",
        )
    if not bundle and target.is_dir():
        raise SettingInvalid(
            f"{target} là thư mục; hãy nêu tên tệp .pmtiles.", f"{target} is a folder; name a .pmtiles file."
        )
    if not target.absolute().parent.is_dir():
        raise SettingInvalid(
            f"Không có thư mục {target.absolute().parent}.", f"There is no folder {target.absolute().parent}."
        )


def _too_many(most: int, bound: int) -> SettingInvalid:
    return SettingInvalid(
        f"Vùng và các mức phóng này có đến {vietnamese(most)} ô, nhiều hơn {vietnamese(bound)}. Hãy thu nhỏ vùng, "
        "bớt mức phóng, hoặc thêm "
        f"--most-tiles {most}.",
        f"This area has up to {most:,} tiles at these zooms, more than {bound:,}. Take a smaller area, fewer zooms, "
        f"or give --most-tiles {most}.",
    )


def _say_done(target: Path) -> None:
    files = [path for path in target.rglob("*") if path.is_file()] if target.is_dir() else [target]
    size = sum(path.stat().st_size for path in files) / MIB
    out.print(f"[green]✓[/] {target} · {vietnamese(size, 1)} MiB")
