"""`bando`: every command is registered here; domain errors become two sentences and an exit code."""

import sys
from collections.abc import Callable

import typer
from rich.console import Console
from rich.text import Text

from gis_server.cli import (
    check,
    db,
    doctor,
    drafts,
    inspect,
    key,
    layers,
    load,
    places,
    profile,
    releases,
    sample,
    serve,
    tiles,
)
from gis_server.errors import EXIT_CODE, MapError

HELP = """Bản đồ số dùng chung TP. Hồ Chí Minh · the shared digital map of Ho Chi Minh City.

Từ tệp cơ quan giao đến bản đồ: `bando load TỆP`, rồi `bando up`.
From a delivered file to the map: `bando load FILE`, then `bando up`."""

MAP, DATA, MACHINE = "Bản đồ · Map", "Dữ liệu · Data", "Máy · Machine"
RELEASES = "Bản công bố · Releases"

COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    MAP: (serve.up, serve.down, serve.serve),
    DATA: (inspect.inspect, check.check, load.load, layers.layers, places.places, sample.sample),
    RELEASES: (
        drafts.drafts,
        drafts.publish,
        releases.releases,
        releases.diff,
        releases.history,
        releases.rollback,
    ),
    MACHINE: (doctor.doctor,),
}


def build() -> typer.Typer:
    """The command line, noun by noun."""
    app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for panel, functions in COMMANDS.items():
        for function in functions:
            app.command(rich_help_panel=panel)(function)
    app.add_typer(tiles.app, name="tiles", rich_help_panel=MAP)
    app.add_typer(profile.app, name="profile", rich_help_panel=DATA)
    app.add_typer(db.app, name="db", rich_help_panel=MACHINE)
    app.add_typer(key.app, name="key", rich_help_panel=MACHINE)
    return app


def main() -> None:
    """Runs one command."""
    try:
        build()()
    except MapError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print("[bold red]✗[/]", Text(error.vi))
        console.print(Text(f"  {error.en}", style="dim"))
        sys.exit(next((EXIT_CODE[kind] for kind in type(error).__mro__ if kind in EXIT_CODE), 1))


if __name__ == "__main__":
    main()
