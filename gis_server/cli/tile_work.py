"""What the commands of `bando tiles` share: which tilesets, which area, and a bar that counts tiles."""

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from gis_server.catalog import Catalog
from gis_server.cli.context import ready
from gis_server.errors import SettingInvalid
from gis_server.figures import vietnamese
from gis_server.tiles.address import HIGHEST_ZOOM
from gis_server.tiles.office import Office, office
from gis_server.tiles.shelves import Shelf
from gis_server.tiles.walk import Area, Box

ZOOMS = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?", re.ASCII)
Work = Callable[[Office, Shelf], Awaitable[None]]
Count = Callable[[int, str], None]
out = Console(highlight=False)
TilesetsOption = Annotated[
    list[str] | None,
    typer.Option("--tileset", metavar="ID", help="Chỉ lớp hoặc bản đồ này · only this layer or map"),
]
ViewOption = Annotated[str, typer.Option("--view", help="Khung nhìn của người xem · the view that callers have")]
ZoomOption = Annotated[str, typer.Option("--zoom", metavar="A-B", help="Các mức phóng · zooms")]
BoxOption = Annotated[
    str | None,
    typer.Option(
        "--bbox", metavar="W,S,E,N", help="Khung tọa độ, độ WGS 84; mặc định là mọi nơi có dữ liệu · box in degrees"
    ),
]


def each(tilesets: list[str] | None, view: str, work: Work, *, kept_only: bool = False) -> None:
    """Do something for each tileset: the named ones, else those that hold tiles, else every portal map."""
    place = ready()

    async def run() -> None:
        async with office(place.settings, place.catalog, place.database) as opened:
            if view not in opened.views:
                raise unknown_view(view, opened)
            for name in tilesets or _usual(opened, place.catalog, view, kept_only=kept_only):
                await work(opened, opened.shelves.find(opened.views[view], name))

    asyncio.run(run())


def _usual(opened: Office, catalog: Catalog, view: str, *, kept_only: bool) -> list[str]:
    if kept_only:
        return [name.split(" ")[1] for name in opened.store.entered() if name.split(" ")[0] == view]
    visible = opened.views[view].layers
    return [name for name, portal in catalog.maps.items() if any(layer in visible for layer in portal.layers)]


def unknown_view(view: str, opened: Office) -> SettingInvalid:
    names = ", ".join(opened.views)
    return SettingInvalid(
        f"Không có khung nhìn “{view}”; có: {names}.", f"There is no view “{view}”; there are: {names}."
    )


def area_of(zoom: str, bbox: str | None) -> Area:
    match = ZOOMS.fullmatch(zoom)
    if match is None or not 0 <= int(match[1]) <= int(match[2] or match[1]) <= HIGHEST_ZOOM:
        raise SettingInvalid(
            f"--zoom {zoom}: hãy viết như 0-14, từ 0 đến {HIGHEST_ZOOM}.",
            f"--zoom {zoom}: write it as 0-14, from 0 to {HIGHEST_ZOOM}.",
        )
    return Area(int(match[1]), int(match[2] or match[1]), None if bbox is None else _box(bbox))


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = east = south = north = math.nan
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise SettingInvalid(
            f"--bbox {text}: cần tây,nam,đông,bắc bằng độ, ví dụ 106.6,10.7,106.8,10.9.",
            f"--bbox {text}: it takes west,south,east,north in degrees, as 106.6,10.7,106.8,10.9.",
        )
    return west, south, east, north


@contextmanager
def bar(name: str, most: int | None = None) -> Iterator[Count]:
    """Counts on the screen, of `most` where that is known; a line at the end."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console, done, began = Console(stderr=True), 0, time.monotonic()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=most)

        def count(more: int, words: str) -> None:
            nonlocal done
            done += more
            progress.update(task, completed=done, description=f"{name} · {vietnamese(done)} ô · tiles {words}")

        yield count
    out.print(f"[green]✓[/] {name}: {vietnamese(done)} ô · tiles, {vietnamese(time.monotonic() - began, 1)} s")
