"""`bando tiles budget`: what the fullest tiles weigh, of what is served or of a draft that is not published yet."""

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

import psycopg
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from gis_server.access.views import View, compile_views
from gis_server.cli.context import Ready, ready
from gis_server.errors import SettingInvalid
from gis_server.figures import vietnamese
from gis_server.releases.drafts import tried
from gis_server.tiles.budget import MOST_FEATURES, Weight, weights
from gis_server.tiles.statement import MANNERS, MOST_BYTES
from gis_server.tiles.tilesets import Tileset, find_tileset

NOTHING = "không có ô nào để đo · no tiles to measure"


def budget(
    tileset: Annotated[
        list[str] | None,
        typer.Option("--tileset", metavar="ID", help="Chỉ lớp hoặc bản đồ này · only this layer or map"),
    ] = None,
    view: Annotated[str, typer.Option("--view", help="Khung nhìn của người xem · the view that callers have")] = "full",
    draft: Annotated[
        list[int] | None,
        typer.Option("--draft", metavar="N", help="Như thể đã công bố bản nháp này · as if this draft were published"),
    ] = None,
) -> None:
    """Ô nặng nhất ở từng mức phóng, lớp còn giữ gì; quá giới hạn: mã thoát 1 · The heaviest tiles, what they keep."""
    place = ready()
    with place.database.connect() as conn, _as_published(conn, place, draft) as changed:
        tilesets = _tilesets(conn, place, view, tileset or changed)
        found = _measured(conn, tilesets)
    console = Console(highlight=False)
    for one, measured in found:
        console.print(_table(one, measured))
    if coarse := [
        f"{one.id} z{weight.zoom}" for one, measured in found for weight in measured if weight.manner != MANNERS[0]
    ]:
        listed = ", ".join(coarse)
        console.print(f"[yellow]![/] vẽ thô hơn vì quá nặng · drawn coarser, being too heavy: {listed}")
    over = [f"{one.id} z{weight.zoom}" for one, measured in found for weight in measured if weight.is_over]
    if over:
        listed = ", ".join(over)
        limit = f"{MOST_BYTES // 1000} kB, {vietnamese(MOST_FEATURES)} đối tượng · features"
        console.print(f"[yellow]![/] quá giới hạn · over the limit ({limit}): {listed}")
        raise typer.Exit(1)
    console.print(f"[green]✓[/] không ô nào quá {MOST_BYTES // 1000} kB · no tile is heavier" if found else NOTHING)


def _as_published(
    conn: psycopg.Connection, place: Ready, draft: list[int] | None
) -> AbstractContextManager[list[str] | None]:
    """What the drafts change, within a publish that is taken back; None where none is named."""
    return tried(conn, place.catalog, draft) if draft else nullcontext()


def _tilesets(conn: psycopg.Connection, place: Ready, view: str, names: list[str] | None) -> list[Tileset]:
    views = compile_views(place.catalog)
    if view not in views:
        listed = ", ".join(views)
        raise SettingInvalid(
            f"Không có khung nhìn “{view}”; có: {listed}.", f"There is no view “{view}”; there are: {listed}."
        )
    return [find_tileset(place.catalog, views[view], name) for name in names or _all(conn, place, views[view])]


def _all(conn: psycopg.Connection, place: Ready, view: View) -> list[str]:
    """Layers that serve anything, and the portal maps."""
    rows = conn.execute("SELECT DISTINCT layer FROM meta.layer_state WHERE rows > 0 ORDER BY layer").fetchall()
    layers = [layer for (layer,) in rows if layer in view.layers]
    maps = [name for name, portal in place.catalog.maps.items() if set(portal.layers) & set(layers)]
    return [*layers, *maps]


def _measured(conn: psycopg.Connection, tilesets: list[Tileset]) -> list[tuple[Tileset, list[Weight]]]:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        words = "vẽ thử ô nặng · drawing heavy tiles"
        return [(one, list(weights(conn, one))) for one in progress.track(tilesets, description=words)]


def _table(tileset: Tileset, measured: list[Weight]) -> Table:
    table = Table(title=f"{tileset.title.vi}  {tileset.id}", title_justify="left", box=None)
    for name in (
        "z",
        "ô · tile",
        "kB",
        "vẽ · drawn",
        "được thể hiện · represented",
        "diện tích · area",
        "dài · length",
    ):
        table.add_column(name, justify="right")
    for one in measured:
        mark = "[yellow]! [/]" if one.is_over else ""
        address = f"{one.zoom}/{one.x}/{one.y}"
        table.add_row(
            f"{mark}{one.zoom}", address, vietnamese(one.size / 1000, 1), vietnamese(one.features), *_shares(one)
        )
    return table


def _shares(one: Weight) -> tuple[str, str, str]:
    kept = one.kept
    if kept is None:
        return "", "", ""
    return f"{vietnamese(kept.features)} / {vietnamese(kept.features_in)}", _percent(kept.area), _percent(kept.length)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{vietnamese(100 * share, 1)} %"
