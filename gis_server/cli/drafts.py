"""`bando drafts` and `bando publish`: look at what would change, then publish several drafts as one release."""

import getpass
from functools import partial
from typing import Annotated

import psycopg
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text as Names
from gis_server.cli.context import ready
from gis_server.cli.desk import desk_of
from gis_server.cli.differences import show_diff, write_changes
from gis_server.cli.layers import CITY_TIME
from gis_server.cli.naming_layers import add_layer_column, narrow
from gis_server.cli.releases import WHEN, GeoJSONOption, MapOption
from gis_server.errors import DraftStale
from gis_server.figures import vietnamese
from gis_server.releases.diff import LayerDiff, compare, from_served
from gis_server.releases.drafts import Draft, Wish, discard, publish_drafts, validate
from gis_server.releases.drafts import drafts as read_drafts
from loaders.progress import Steps
from loaders.recheck import recheck


def drafts(
    number: Annotated[list[int] | None, typer.Argument(help="Xem kỹ các bản nháp này · look at these closely")] = None,
    html: MapOption = None,
    geojson: GeoJSONOption = None,
    drop: Annotated[bool, typer.Option("--drop", help="Bỏ các bản nháp này · discard these drafts")] = False,
) -> None:
    """Các bản nháp (load --hold) chờ công bố, và sẽ làm thay đổi gì · Drafts that wait, and what they would change."""
    place, console = ready(), Console()
    with place.database.connect() as conn:
        found = read_drafts(conn, number or None)
        if drop:
            _refuse_none(number)
            discard(conn, [one.draft for one in found])
            console.print(f"[green]✓[/] đã bỏ {len(found)} bản nháp · discarded")
            return
        console.print(_listed(found))
        if number:
            validate(conn, place.catalog, found)
            differences = _differences(conn, place.catalog, found)
            show_diff(conn, differences, console)
            listed = ", ".join(map(str, number))
            title = Names(vi=f"Bản nháp {listed} sẽ thay đổi gì", en=f"What draft {listed} would change")
            write_changes(conn, differences, title, (html, geojson))


def publish(
    number: Annotated[list[int], typer.Argument(help="Số các bản nháp · the numbers of the drafts")],
    note: Annotated[str, typer.Option(help="Ghi chú của bản công bố · note of the release")] = "",
) -> None:
    """Công bố một hay nhiều bản nháp thành một bản công bố · Publish drafts as one release, all or none."""
    place, console = ready(), Console()
    again = partial(recheck, desk=desk_of(place, Steps()), console=console)
    with place.database.connect() as conn:
        made = publish_drafts(conn, place.catalog, Wish(number, getpass.getuser(), note, again))
    if made is None:
        console.print("[bold]Không có gì thay đổi nên không có bản công bố mới · Nothing changed, no new release.[/]")
        return
    for one in made.layers:
        counts = one.counts
        console.print(
            f"  {one.layer}  +{vietnamese(counts.added)} ~{vietnamese(counts.changed)} -{vietnamese(counts.removed)}",
            highlight=False,
        )
    console.print(f"[bold green]✓ Đã công bố bản {made.number} · Published as release {made.number}.[/]")


def _differences(conn: psycopg.Connection, catalog: Catalog, found: list[Draft]) -> list[LayerDiff]:
    """Of every layer of the drafts."""
    pairs = [(one.source["id"], staged) for one in found for staged in one.staged(catalog)]
    compared = [compare(conn, from_served(staged.layer, staged.table, source)) for source, staged in pairs]
    return [one for one in compared if one.counts.total]


def _listed(found: list[Draft]) -> Table:
    table = Table(*narrow("Bản nháp · Draft", "Lúc · When", "Ai · Who", "Nguồn · Source"))
    add_layer_column(table, "Lớp · Layers")
    table.add_column("Ghi chú · Note")
    for one in found:
        rows = "\n".join(f"{layer}  {vietnamese(about['rows'])}" for layer, about in one.layers.items())
        when = f"{one.made_at.astimezone(CITY_TIME):{WHEN}}"
        cells = [Text(words) for words in (one.who, one.source["id"], rows, one.note)]
        table.add_row(str(one.draft), when, *cells)
    return table


def _refuse_none(number: list[int] | None) -> None:
    if not number:
        raise DraftStale(
            "Hãy nêu bản nháp cần bỏ: `bando drafts 3 --drop`.", "Name the draft to discard: `bando drafts 3 --drop`."
        )
