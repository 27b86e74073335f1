"""`bando archives`: tiles that others made, looked through before they lie beneath our maps."""

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from gis_server.bundle.drafted import drafted
from gis_server.catalog import Catalog
from gis_server.cli.context import read_settings_and_catalog
from gis_server.errors import ArchiveBroken, SettingInvalid
from gis_server.figures import vietnamese
from gis_server.tiles.pmtiles_file import PMTilesFile
from gis_server.tiles.supplied import Archives
from gis_server.tiles.supplied_check import Facts, hold_against, look_through

MIB = 2**20
app = typer.Typer(help="Tệp ô do bên khác làm (PMTiles) · Tile archives made by others", no_args_is_help=True)
out = Console(highlight=False)
FileArgument = Annotated[Path, typer.Argument(metavar="FILE.pmtiles", help="Tệp giao nộp · the delivered file")]


@app.command("list")
def show() -> None:
    """Các tệp ô đã khai báo, và có hay chưa trên máy này · Declared tile archives, and their files on this machine."""
    settings, catalog = read_settings_and_catalog()
    archives = Archives(settings.archives_folder, catalog)
    table = Table("id", "tên · title", "xem · access", "tệp · file", box=None)
    for name, rule in catalog.archives.items():
        table.add_row(name, f"{rule.title.vi} · {rule.title.en}", rule.access, _state(archives.path(name)))
    out.print(
        table if catalog.archives else "Chưa khai báo tệp ô nào trong styles/archives/ · No tile archive is declared."
    )


@app.command()
def check(file: FileArgument) -> None:
    """Kiểm tra cả tệp: thư mục và từng ô; in mẫu khai báo · Check the whole file; print a declaration."""
    opened, facts = _looked_through(file)
    _say(opened, facts)
    out.print(_declaration(opened, facts), markup=False, soft_wrap=True)


@app.command()
def put(
    archive: Annotated[str, typer.Argument(metavar="ID", help="Mã trong styles/archives/ · id in styles/archives/")],
    file: FileArgument,
) -> None:
    """Kiểm tra rồi đưa tệp vào phục vụ, thay tệp cũ · Check a file and serve it in place of an older one."""
    settings, catalog = read_settings_and_catalog()
    rule = _declared(catalog, archive)
    opened, facts = _looked_through(file)
    hold_against(opened, facts, catalog.archives[rule])
    folder = settings.archives_folder
    folder.mkdir(parents=True, exist_ok=True)
    with drafted(Archives(folder, catalog).path(archive)) as draft:
        shutil.copyfile(file, draft)
    _say(opened, facts)
    out.print(f"[green]✓[/] {archive} → {folder}")


def _looked_through(file: Path) -> tuple[PMTilesFile, Facts]:
    try:
        opened = PMTilesFile(file)
    except OSError as error:
        raise ArchiveBroken(
            f"Không mở được {file}: {error.strerror}.", f"{file} cannot be opened: {error.strerror}."
        ) from error
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(file.name, total=opened.header["addressed_tiles_count"] or None)
        return opened, look_through(opened, lambda tiles: progress.advance(task, tiles))


def _declared(catalog: Catalog, name: str) -> str:
    if name in catalog.archives:
        return name
    there = ", ".join(catalog.archives) or "–"
    raise SettingInvalid(
        f"Chưa có styles/archives/{name}.yaml; đã khai báo: {there}. Lệnh “bando archives check TỆP” in ra mẫu.",
        f"There is no styles/archives/{name}.yaml; declared: {there}. “bando archives check FILE” prints a template.",
    )


def _say(file: PMTilesFile, facts: Facts) -> None:
    header = file.header
    zooms = f"z{header['min_zoom']}–{header['max_zoom']}"
    layers = f" · {', '.join(sorted(facts.layers))}" if facts.layers else ""
    out.print(
        f"[green]✓[/] {vietnamese(facts.tiles)} ô {file.format} · tiles, {zooms}, {vietnamese(file.size / MIB, 1)} "
        f"MiB{layers}",
        soft_wrap=True,
    )


def _state(path: Path) -> str:
    try:
        file = PMTilesFile(path)
    except OSError:
        return "[yellow]chưa có · missing[/]"
    except ArchiveBroken as error:
        return f"[red]{error.vi}[/]"
    return f"z{file.header['min_zoom']}–{file.header['max_zoom']}, {vietnamese(file.size / MIB, 1)} MiB"


def _declaration(file: PMTilesFile, facts: Facts) -> str:
    """A `styles/archives/<id>.yaml` to begin with."""
    told = file.metadata()
    lines = [
        f"title: {{vi: {file.path.stem}, en: {file.path.stem}}}",
        "steward: …",
        f'attribution: "{str(told.get("attribution", "…")).replace(chr(34), chr(39))}"',
        "licence: …",
        "evidence: proposal",
        "access: public",
        f"format: {file.format}",
        *(["style:"] if facts.layers else []),
        *(
            f'  - {{type: line, source-layer: "{name}", paint: {{line-color: "#7c8b95"}}}}'
            for name in sorted(facts.layers)
        ),
    ]
    return "\n".join(lines)
