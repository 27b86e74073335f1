"""`bando load`: a delivered file, folder or zip becomes one release."""

from pathlib import Path
from typing import Annotated

import typer

from loaders.child.launch import woken


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
    with woken() as reader:  # before the program is read: both take half a second
        from gis_server.cli.loading import load_and_tell
        from loaders.pipeline import Order

        order = Order(path, profile, note, dry_run, hold, crs=tuple(crs or ()))
        load_and_tell(order, reader, in_json=as_json_text)
