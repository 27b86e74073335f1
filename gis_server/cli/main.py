"""`bando`: every command is registered here; domain errors become two sentences and an exit code."""

import sys
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from gis_server.errors import EXIT_CODE, MapError

HELP = """Bản đồ số dùng chung TP. Hồ Chí Minh · The shared digital map of Ho Chi Minh City.

Từ tệp giao nộp đến bản đồ: `bando load TỆP`, rồi `bando up`.
From a delivered file to the map: `bando load FILE`, then `bando up`."""

MAP, DATA, MACHINE = "Bản đồ · Map", "Dữ liệu · Data", "Máy · Machine"
RELEASES = "Bản công bố · Releases"

COMMANDS: dict[str, tuple[str, ...]] = {
    MAP: ("serve.up", "serve.down", "serve.serve"),
    DATA: ("inspect.inspect", "check.check", "load.load", "layers.layers", "places.places", "sample.sample"),
    RELEASES: (
        "drafts.drafts",
        "drafts.publish",
        "releases.releases",
        "releases.diff",
        "releases.history",
        "releases.rollback",
    ),
    MACHINE: ("doctor.doctor",),
}
"""Panel of the help → modules of this package and the functions in them."""
NOUNS = {"tiles": MAP, "archives": MAP, "profile": DATA, "db": MACHINE, "key": MACHINE}
"""Modules with commands of their own → panel."""


def build(asked: str | None = None) -> typer.Typer:
    """The command line, noun by noun; when a command is asked for by name, no other module is read."""
    app = typer.Typer(
        help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, callback=_nothing
    )
    named = {path.partition(".")[2]: (path, panel) for panel, paths in COMMANDS.items() for path in paths}
    for name, (path, panel) in named.items():
        if asked == name or asked not in (*named, *NOUNS):
            app.command(rich_help_panel=panel)(_read(path))
    for noun, panel in NOUNS.items():
        if asked == noun or asked not in (*named, *NOUNS):
            app.add_typer(_read(f"{noun}.app"), name=noun, rich_help_panel=panel)
    return app


def _read(path: str) -> Any:
    module, _, name = path.partition(".")
    return getattr(import_module(f"gis_server.cli.{module}"), name)


def _nothing() -> None:
    """Keeps a command's name a word of its own where it is the only command."""


def main() -> None:
    """Runs one command."""
    try:
        build(next(iter(sys.argv[1:]), None))()
    except MapError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print("[bold red]✗[/]", Text(error.vi))
        console.print(Text(f"  {error.en}", style="dim"))
        sys.exit(next((EXIT_CODE[kind] for kind in type(error).__mro__ if kind in EXIT_CODE), 1))


if __name__ == "__main__":
    main()
