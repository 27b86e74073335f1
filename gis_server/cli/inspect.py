"""`bando inspect`: what is in a delivery, before anything is loaded; needs no database, but asks one that runs."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from gis_server.catalog.places import read_places
from gis_server.cli.context import read_settings_and_catalog, running_database
from loaders.crs import Locator
from loaders.grid.served import served
from loaders.inspection.shown import as_data, show
from loaders.inspection.survey import inspect_delivery

UNREADABLE = 4


def inspect(
    path: Annotated[Path, typer.Argument(help="Tệp, thư mục hoặc .zip giao nộp · the delivered file, folder or .zip")],
    as_json_text: Annotated[bool, typer.Option("--json", help="Dạng JSON · as JSON")] = False,
) -> None:
    """Xem dữ liệu giao nộp có gì: lớp, trường, lớp đích đoán được · What is in a delivery, and where it may go."""
    settings, catalog = read_settings_and_catalog()
    database = running_database(settings)
    with nullcontext() if database is None else served(catalog, database) as control:
        locator = Locator(catalog, read_places(settings.layers_folder), control, path=path)
        found = inspect_delivery(path, catalog, locator)
    if as_json_text:
        typer.echo(orjson.dumps(as_data(found), option=orjson.OPT_INDENT_2).decode())
    else:
        show(found, catalog, Console())
    if found.problems and not found.layers:
        raise typer.Exit(UNREADABLE)
