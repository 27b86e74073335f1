"""`bando`: every command is registered here; domain errors become two sentences and an exit code."""

import sys
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer import rich_utils
from typer.exceptions import TyperException

from gis_server.cli.mistakes import in_both
from gis_server.errors import EXIT_CODE, Busy, DeliveryUnreadable, MapError
from gis_server.file_trouble import FULL, in_words
from gis_server.frames import leave_frames_out

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
STOPPED = 130
"""The exit code of whatever Ctrl-C ended."""


def build(asked: str | None = None) -> typer.Typer:
    """The command line, noun by noun; when a command is asked for by name, no other module is read."""
    _name_panels()
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


def _name_panels() -> None:
    """The parts of every help page, which Typer has in English."""
    rich_utils.ARGUMENTS_PANEL_TITLE = "Tham số · Arguments"
    rich_utils.OPTIONS_PANEL_TITLE = "Tùy chọn · Options"
    rich_utils.COMMANDS_PANEL_TITLE = "Lệnh · Commands"
    rich_utils.REQUIRED_LONG_STRING = "[bắt buộc · required]"
    rich_utils.DEFAULT_STRING = "[mặc định · default: {}]"


def _nothing() -> None:
    """Keeps a command's name a word of its own where it is the only command."""


def program() -> None:
    """`bando`, in a process of its own."""
    leave_frames_out()
    main()


def main() -> None:
    """Runs one command."""
    try:
        code = build(next(iter(sys.argv[1:]), None))(standalone_mode=False)
    except MapError as error:
        code = next((EXIT_CODE[kind] for kind in type(error).__mro__ if kind in EXIT_CODE), 1)
        _tell(error.vi, error.en)
    except OSError as error:
        if error.filename is None:
            raise
        code = EXIT_CODE[Busy] if error.errno in FULL else EXIT_CODE[DeliveryUnreadable]
        _tell(*in_words(error))
    except TyperException as mistake:
        code = mistake.exit_code
        if type(mistake).__name__ != "NoArgsIsHelpError":  # which has shown the help
            _tell(*in_both(mistake))
    except typer.Abort:  # no answer to a question, or no
        code = 1
        _tell("Chưa thay đổi gì.", "Nothing was changed.")
    if code == STOPPED:
        _tell("Đã ngừng giữa chừng theo yêu cầu (Ctrl-C).", "Stopped on request (Ctrl-C).")
    sys.exit(code)


def _tell(vi: str, en: str) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print("[bold red]✗[/]", Text(vi))
    console.print(Text(f"  {en}", style="dim"))


if __name__ == "__main__":
    program()
