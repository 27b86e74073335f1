"""`bando load`: a delivered file, folder or zip becomes one release."""

from pathlib import Path
from typing import Annotated

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


def load(  # noqa: PLR0913 a command line has as many options as people need
    path: Annotated[Path, typer.Argument(help="Tệp, thư mục hoặc .zip giao nộp · the delivered file, folder or .zip")],
    profile: Annotated[
        str | None,
        typer.Option(help="Hồ sơ nạp; không cần khi có giao_nop.yaml · the profile; not needed with giao_nop.yaml"),
    ] = None,
    crs: Annotated[
        list[str] | None,
        typer.Option(
            help="Lưới tọa độ, khi tệp không ghi hoặc ghi sai: 9210, 9210-yx (X bắc trước), 9210-mm, '*.csv=9210-yx' · "
            "the grid, where a file does not say it or says it wrongly"
        ),
    ] = None,
    note: Annotated[str, typer.Option(help="Ghi chú của bản công bố · note of the release")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Chỉ kiểm tra, không công bố · check, publish nothing")
    ] = False,
    hold: Annotated[
        bool, typer.Option("--hold", help="Kiểm tra rồi giữ thành bản nháp, công bố sau · check, keep as a draft")
    ] = False,
    as_json_text: Annotated[bool, typer.Option("--json", help="Báo cáo dạng JSON · the report as JSON")] = False,
) -> None:
    """Nạp dữ liệu giao nộp thành một bản công bố · Load a delivery as one release."""
    place = ready()
    order = Order(path, profile, note, dry_run, hold, crs=tuple(crs or ()))
    report = load_delivery(order, desk_of(place, Steps(quiet=as_json_text)))
    if as_json_text:
        typer.echo(orjson.dumps(as_json(report), option=orjson.OPT_INDENT_2).decode())
    else:
        show(report, place.catalog, read_codes(), Console())
