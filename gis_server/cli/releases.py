"""`bando releases`, `diff`, `history`, `rollback`: what was published, what differed, and back again."""

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gis_server.catalog import Layer
from gis_server.catalog.model import Text as Names
from gis_server.cli.context import Ready, ready
from gis_server.cli.differences import show_diff, write_changes
from gis_server.cli.layers import CITY_TIME
from gis_server.cli.naming_layers import add_layer_column, asked_layer, narrow
from gis_server.errors import RollbackRefused
from gis_server.figures import vietnamese
from gis_server.releases.books import Entry, differences, versions
from gis_server.releases.books import releases as read_releases
from gis_server.releases.diff import between_releases, changed_layers, compare
from gis_server.releases.publish import LayerChange
from gis_server.releases.rollback import Wish, preview, roll_back

LAYERS_SHOWN = 6
WHEN = "%d/%m/%Y %H:%M"
LayerOption = Annotated[list[str] | None, typer.Option(metavar="LAYER", help="Chỉ lớp này · this layer only")]
MapOption = Annotated[
    Path | None, typer.Option("--map", help="Ghi bản đồ thay đổi (HTML) · write a map of the changes (HTML)")
]
GeoJSONOption = Annotated[
    Path | None, typer.Option("--geojson", help="Ghi thay đổi thành GeoJSON · write the changes as GeoJSON")
]


def releases(
    limit: Annotated[int, typer.Option(min=1, help="Số bản gần nhất cần xem · how many of the newest")] = 20,
) -> None:
    """Các bản công bố, mới nhất trước · The releases, newest first."""
    with ready().database.connect("read") as conn:
        found = read_releases(conn, limit)
    table = Table(*narrow("Bản · Release", "Lúc · When", "Ai · Who"))
    add_layer_column(table, "Lớp: + thêm ~ sửa - bớt · Layers")
    table.add_column("Ghi chú · Note")
    for one in found:
        when = f"{one.published_at.astimezone(CITY_TIME):{WHEN}}"
        table.add_row(str(one.release), when, Text(one.who), Text(_layers_of(one)), Text(one.note))
    Console().print(table)


def diff(
    first: Annotated[int, typer.Argument(metavar="A", help="Bản trước; 0 là bản đồ trống · from; 0 is the empty map")],
    last: Annotated[int, typer.Argument(metavar="B", help="Bản sau · to")],
    layer: LayerOption = None,
    html: MapOption = None,
    geojson: GeoJSONOption = None,
) -> None:
    """So sánh hai bản công bố · What differs between two releases."""
    place = ready()
    with place.database.connect("read") as conn:
        _refuse_unknown(place, first, last)
        wanted = [place.catalog[one].id for one in layer or changed_layers(conn, first, last)]
        layers = [place.catalog[one] for one in wanted if one in place.catalog.layers]
        found = [compare(conn, between_releases(one, first, last)) for one in layers]
        found = [one for one in found if one.counts.total]
        show_diff(conn, found, Console())
        title = Names(
            vi=f"Thay đổi từ bản công bố {first} đến bản {last}", en=f"Changes from release {first} to {last}"
        )
        write_changes(conn, found, title, (html, geojson))


def history(
    layer: Annotated[str, typer.Argument(help="Mã lớp · layer id")],
    key: Annotated[list[str], typer.Argument(help="Khóa, mỗi trường một từ · the key, a word for each field")],
) -> None:
    """Các phiên bản của một đối tượng · Every version of one feature."""
    place = ready()
    about = asked_layer(place.catalog, layer)
    with place.database.connect("read") as conn:
        found = versions(conn, about, key)
    table = Table("Bản · Release", "Từ · Since", "Đến · Until", "Ai · Who", "Thay đổi · Changes", title=" · ".join(key))
    for one, changes in differences(found):
        until = (
            "đang phục vụ · served" if one.until is None else f"{one.until.astimezone(CITY_TIME):{WHEN}} ({one.died})"
        )
        since = f"{one.since.astimezone(CITY_TIME):{WHEN}}"
        table.add_row(str(one.born), since, until, Text(f"{one.who}\n{one.source}"), Text(_words(about, changes)))
    Console().print(table)


def rollback(
    release: Annotated[int, typer.Argument(help="Trở lại nội dung bản này · back to the content of this release")],
    layer: LayerOption = None,
    note: Annotated[str, typer.Option(help="Ghi chú của bản công bố · note of the release")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại · do not ask")] = False,
) -> None:
    """Công bố lại nội dung một bản cũ · Publish the content of an earlier release again."""
    place, console = ready(), Console()
    with place.database.connect() as conn:
        with place.database.connect("read") as reader:
            newest = next((one.release for one in read_releases(reader, 1)), 0)
        wish = Wish(release, tuple(layer or ()), newest)
        changes = preview(conn, place.catalog, wish)
        if not changes:
            console.print(
                "Nội dung đã đúng như bản ấy, không có gì để thay đổi · It is as it was then; nothing to change."
            )
            return
        console.print(_counts(place, changes))
        if not yes:
            typer.confirm(f"Trở lại bản công bố {release}? · Go back to release {release}?", abort=True)
        words = note or f"Trở lại bản công bố {release} · Back to release {release}"
        made = roll_back(conn, place.catalog, wish, who=getpass.getuser(), note=words)
    if made is not None:
        console.print(f"[bold green]✓ Đã công bố bản {made.number} · Published as release {made.number}.[/]")


def _layers_of(entry: Entry) -> str:
    """`drainage.ho_ga +3 ~1 -0`, a line each; very many are summed up."""
    lines = [
        f"{layer}  +{vietnamese(added)} ~{vietnamese(changed)} -{vietnamese(removed)}"
        for layer, _, added, changed, removed in entry.layers
    ]
    if len(lines) <= LAYERS_SHOWN:
        return "\n".join(lines)
    added, changed, removed = (sum(numbers) for numbers in zip(*(one[2:] for one in entry.layers), strict=True))
    shown = lines[: LAYERS_SHOWN - 1]
    return "\n".join(
        [*shown, f"… {len(lines)} lớp · layers  +{vietnamese(added)} ~{vietnamese(changed)} -{vietnamese(removed)}"]
    )


def _counts(place: Ready, changes: list[LayerChange]) -> Table:
    table = Table(title="Sẽ thay đổi · Would change", title_justify="left")
    add_layer_column(table, "Lớp · Layer")
    table.add_column("Nguồn · Source")
    for head in narrow("Thêm · Added", "Sửa · Changed", "Bớt · Removed"):
        table.add_column(head, justify="right")
    for one in changes:
        numbers = (one.counts.added, one.counts.changed, one.counts.removed)
        title = Text.assemble(place.catalog[one.layer].file.title.vi, (f"  {one.layer}", "dim"))
        table.add_row(title, one.source, *(vietnamese(number) for number in numbers))
    return table


def _words(layer: Layer, changes: dict[str, tuple[Any, Any]]) -> str:
    if not changes:
        return "—"
    lines = [f"{name}: {before} → {after}" for name, (before, after) in changes.items() if name in layer.fields]
    return "\n".join([*lines, *(["hình học · geometry"] if "geom" in changes else [])])


def _refuse_unknown(place: Ready, *numbers: int) -> None:
    with place.database.connect("read") as conn:
        newest = next((one.release for one in read_releases(conn, 1)), 0)
    if wrong := [number for number in numbers if not 0 <= number <= newest]:
        raise RollbackRefused(
            f"Không có bản công bố {wrong[0]}; mới nhất là bản {newest}.",
            f"There is no release {wrong[0]}; the newest is {newest}.",
        )
