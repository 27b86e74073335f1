"""What `bando load` does, read while the process that will read the delivery wakes."""

from subprocess import Popen

import orjson
import typer
from rich.console import Console

from gis_server.cli.context import ready
from gis_server.cli.desk import desk_of
from loaders.checks.registry import read_codes
from loaders.pipeline import Order
from loaders.pipeline import load as load_delivery
from loaders.progress import Steps
from loaders.report import as_json
from loaders.report_shown import show


def load_and_tell(order: Order, reader: Popen[bytes], *, in_json: bool) -> None:
    """Loads, and says what came of it."""
    place = ready()
    report = load_delivery(order, desk_of(place, Steps(quiet=in_json), reader))
    if in_json:
        typer.echo(orjson.dumps(as_json(report), option=orjson.OPT_INDENT_2).decode())
    else:
        show(report, place.catalog, read_codes(), Console())
