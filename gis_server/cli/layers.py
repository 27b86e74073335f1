"""`bando layers`: the tree of layers with counts and freshness, one layer in full, and the editors' schemas."""

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import FieldRule
from gis_server.catalog.schema import outdated, schemas
from gis_server.cli.context import read_settings_and_catalog, ready
from gis_server.cli.naming_layers import asked_layer
from gis_server.figures import vietnamese
from gis_server.releases.state import Served, served

CITY_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
GEOMETRY_WORDS = {"Point": "điểm", "LineString": "đường", "Polygon": "vùng"}
ACCESS_COLOURS = {"public": "green", "agency": "yellow", "restricted": "red"}


def layers(
    layer: Annotated[str | None, typer.Argument(help="Mã lớp, xem chi tiết · a layer id, shown in full")] = None,
    theme: Annotated[str | None, typer.Option(help="Chỉ một chủ đề · one theme only")] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Ghi JSON Schema cho trình soạn thảo · write the editors' JSON Schemas")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Với --schema: chỉ kiểm tra · with --schema: only check")
    ] = False,
) -> None:
    """Cây lớp dữ liệu: số đối tượng, ngày công bố · The layer tree with counts and dates."""
    if schema:
        raise typer.Exit(_write_schemas(only_check=check))
    place = ready()
    console = Console()
    if layer is not None:
        console.print(_card(asked_layer(place.catalog, layer), place.catalog))
        return
    console.print(_tree(place.catalog, served(place.database), theme))


def _tree(catalog: Catalog, rows: Mapping[str, Served], theme: str | None) -> Tree:
    tree = Tree(f"[bold]{len(catalog.layers)} lớp · layers[/]")
    for name, about in catalog.themes.items():
        members = catalog.of_theme(name)
        if not members or theme not in (None, name):
            continue
        branch = tree.add(f"[bold]{about.title.vi}[/] [dim]{about.title.en} · {name} · {len(members)}[/]")
        for layer in members:
            branch.add(_line(layer, rows.get(layer.id)))
    return tree


def _line(layer: Layer, state: Served | None) -> str:
    kinds = "/".join(GEOMETRY_WORDS[kind] for kind in layer.file.geometry)
    count = "[dim]trống · empty[/]"
    if state is not None and state.rows:
        synthetic = " [magenta]giả lập · synthetic[/]" if state.synthetic else ""
        when = f"{state.published_at.astimezone(CITY_TIME):%d/%m/%Y %H:%M}"
        count = f"[bold]{vietnamese(state.rows)}[/] [dim]{when}[/]{synthetic}"
    colour = ACCESS_COLOURS[layer.file.access]
    return f"[{colour}]●[/] {layer.file.title.vi} [dim]{layer.id} · {kinds} · {layer.file.evidence}[/] {count}"


def _card(layer: Layer, catalog: Catalog) -> Table:
    file = layer.file
    table = Table("Trường · Field", "Kiểu · Type", "Ý nghĩa · Meaning", title=f"{file.title.vi} · {file.title.en}")
    table.caption = (
        f"{layer.id} · {file.steward} · 1:{', 1:'.join(map(str, file.scale))} · {file.access} · "
        f"căn cứ · evidence {file.evidence} · khóa · key {', '.join(file.key)}"
        + (f"\n{file.note.vi}" if file.note else "")
    )
    for name, rule in file.fields.items():
        mark = "[bold]*[/]" if rule.required or name in file.key else ""
        table.add_row(name + mark, _type_words(rule), _meaning(rule, catalog))
    return table


def _type_words(rule: FieldRule) -> str:
    limits = f" [{rule.range[0]:g}…{rule.range[1]:g}]" if rule.range else ""
    return f"{rule.type}{limits}{' ' + rule.unit if rule.unit else ''}{' ' + rule.datum if rule.datum else ''}"


def _meaning(rule: FieldRule, catalog: Catalog) -> str:
    help_words = f"{rule.help.vi} · {rule.help.en}" if rule.help else ""
    if rule.domain is None:
        return help_words
    codes = catalog.domains[rule.domain].values
    shown = "; ".join(f"{code} {value.vi}" for code, value in list(codes.items())[:6])
    return f"{help_words} [dim]{shown}{' …' if len(codes) > 6 else ''}[/]"


def _write_schemas(only_check: bool) -> int:
    settings, _ = read_settings_and_catalog()
    folder = settings.layers_folder / "_schema"
    stale = outdated(folder)
    if only_check:
        for name in stale:
            Console().print(
                f"{folder / name}: đã cũ, hãy chạy `bando layers --schema` · stale, run `bando layers --schema`"
            )
        return 1 if stale else 0
    folder.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text)
    Console().print(f"{folder}: {len(stale)} tệp mới · files written")
    return 0
