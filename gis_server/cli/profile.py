"""`bando profile`: proposing a profile for a delivery that has none."""

from pathlib import Path
from typing import Annotated

import typer

from gis_server.cli.context import read_settings_and_catalog
from gis_server.errors import SettingInvalid
from loaders.inspection.draft import draft_profile
from loaders.inspection.survey import inspect_delivery

app = typer.Typer(help="Hồ sơ nạp · Profiles", no_args_is_help=True)


@app.callback()
def profile() -> None:
    """Các hồ sơ nạp: cột của tệp giao nộp → trường của lớp · Profiles: a supplier's columns → fields of layers."""


@app.command()
def draft(
    path: Annotated[Path, typer.Argument(help="Tệp, thư mục hoặc .zip giao nộp · the delivered file, folder or .zip")],
    out: Annotated[Path | None, typer.Option(help="Ghi ra tệp này · write to this file")] = None,
) -> None:
    """Đề xuất hồ sơ nạp kèm căn cứ · Propose a profile, with its evidence."""
    if out is not None and out.exists():
        raise SettingInvalid(
            f"Đã có tệp {out} nên không ghi đè.", f"The file {out} exists already and is not overwritten."
        )
    _, catalog = read_settings_and_catalog()
    text = draft_profile(inspect_delivery(path, catalog), catalog)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text)
