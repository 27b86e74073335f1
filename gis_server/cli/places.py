"""`bando places CODE|NAME`: administrative units of any era, with what each was formed from or became."""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gis_server.catalog.places import Place, Places, Relative, read_places
from gis_server.settings import Settings


def places(
    query: Annotated[str, typer.Argument(help="Mã hoặc tên, của mọi thời kỳ · a code or name of any era")],
) -> None:
    """Tra đơn vị hành chính cũ và mới theo mã hoặc tên · Administrative units, old and new, by code or name."""
    book = read_places(Settings().layers_folder)
    found = book.find(query)
    if not found:
        Console(stderr=True).print(
            f"Không có đơn vị hành chính nào mang mã hoặc tên “{query}”.\n"
            f"[dim]No administrative unit has the code or name “{query}”.[/]",
            highlight=False,
        )
        raise typer.Exit(1)
    Console().print(_table(book, found))


def _table(book: Places, found: list[Place]) -> Table:
    table = Table(
        "Mã · Code",
        "Tên · Name",
        "Hiệu lực · In force",
        "Thuộc · Part of",
        "Lập từ, đổi thành · From, into",
        show_lines=True,
    )
    for place in found:
        name = f"[bold]{place.name_vi}[/]\n[dim]{place.name_en}[/]"
        table.add_row(place.code, name, _period(place), _parents(book, place), _relatives(book, place))
    return table


def _period(place: Place) -> str:
    since = f"từ · from {_day(place.valid_from)}" if place.valid_from else "từ trước · from earlier"
    until = f"đến hết · until {_day(place.valid_to)}" if place.valid_to else "[green]đang hiệu lực · in force[/]"
    return f"{since}\n{until}"


def _parents(book: Places, place: Place) -> str:
    """The units above, nearest first, in the same era."""
    parents = [book.parent(place)]
    while parents[-1] is not None:
        parents.append(book.parent(parents[-1]))
    return ", ".join(parent.name_vi for parent in parents if parent is not None)


def _relatives(book: Places, place: Place) -> str:
    before = [_origin(relative) for relative in book.predecessors(place)]
    heirs = book.successors(place)
    count = len(heirs)
    head = [f"[yellow]chia cho {count} đơn vị · split among {count}[/]"] if count > 1 else []
    return "\n".join(before + head + [f"→ {heir.place.name_vi} {heir.place.code}" for heir in heirs])


def _origin(relative: Relative) -> str:
    part = " [yellow](một phần · part)[/]" if relative.split > 1 else ""
    return f"← {relative.place.name_vi} {relative.place.code}{part}"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
