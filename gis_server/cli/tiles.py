"""`bando tiles`: draw tiles ahead, hold the store against the database, empty it, write archives."""

import asyncio
from typing import Annotated

import typer

from gis_server.cli.budget import budget
from gis_server.cli.context import ready
from gis_server.cli.export import export
from gis_server.cli.tile_work import BoxOption, TilesetsOption, ViewOption, ZoomOption, area_of, bar, each, out
from gis_server.figures import vietnamese
from gis_server.tiles.office import Office, office
from gis_server.tiles.shelves import Shelf

app = typer.Typer(help="Kho ô bản đồ · The store of map tiles", no_args_is_help=True)
app.command()(budget)
app.command()(export)


@app.command()
def seed(
    tileset: TilesetsOption = None, view: ViewOption = "public", zoom: ZoomOption = "0-14", bbox: BoxOption = None
) -> None:
    """Vẽ sẵn ô bản đồ; có bản công bố mới thì tự vẽ lại · Draw tiles ahead; they are drawn again after each release."""
    area = area_of(zoom, bbox)

    seeded: list[tuple[Shelf, int]] = []
    left_out: dict[str, int] = {}

    async def work(place: Office, shelf: Shelf) -> None:
        total = 0
        with bar(shelf.name) as count:
            async for at, drawn in place.seed(shelf, area):
                count(drawn, f"z{at}")
                total += drawn
        seeded.append((shelf, total))
        left_out.update({one.name: drawn - len(place.store.keys(one.prefix)) for one, drawn in seeded})

    each(tileset, view, work)
    for name, tiles in left_out.items():
        if tiles > 0:
            told = vietnamese(tiles)
            out.print(f"[yellow]![/] {name}: kho đầy, {told} ô không còn chỗ; hãy tăng BANDO_TILE_STORE_MB.")
            out.print(f"  The store is full, {told} tiles found no room; raise BANDO_TILE_STORE_MB.")


@app.command()
def verify(
    tileset: TilesetsOption = None,
    view: ViewOption = "public",
    sample: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Chỉ N ô lấy ngẫu nhiên mỗi bộ · only N tiles of each, by chance"),
    ] = None,
) -> None:
    """So từng ô trong kho với cơ sở dữ liệu; bỏ ô khác, mã thoát 1 · Compare each stored tile with the database."""
    wrong: list[str] = []

    async def work(place: Office, shelf: Shelf) -> None:
        with bar(shelf.name) as count:
            async for compared, differing in place.verify(shelf, sample):
                count(compared, f"{len(differing)} khác · differ" if differing else "")
                wrong.extend(f"{shelf.name} {at.z}/{at.x}/{at.y}" for at in differing)

    each(tileset, view, work, kept_only=True)
    for one in wrong:
        out.print(f"[red]✗[/] {one}")
    if wrong:
        raise typer.Exit(1)


@app.command()
def purge(
    tileset: TilesetsOption = None,
    view: Annotated[str | None, typer.Option(help="Chỉ khung nhìn này · this view only")] = None,
) -> None:
    """Xóa ô trong kho, kể cả ô đã vẽ sẵn · Empty the store, seeded tiles too."""
    place = ready()

    async def work() -> int:
        async with office(place.settings, place.catalog, place.database) as opened:
            names = [
                name
                for name in opened.store.entered()
                if (not tileset or name.split(" ")[1] in tileset) and view in (None, name.split(" ")[0])
            ]
            return opened.store.purge(names)

    out.print(f"[green]✓[/] {vietnamese(asyncio.run(work()))} ô đã xóa · tiles removed")
