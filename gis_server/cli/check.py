"""`bando check`: the verdict on a delivery before anything is published, or the one kept with a release."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, cast

import orjson
import typer
from rich.console import Console

from gis_server.cli.context import Ready, ready
from gis_server.cli.desk import desk_of
from gis_server.cli.differences import background
from gis_server.errors import EXIT_CODE, LoadRefused, SettingInvalid
from gis_server.figures import vietnamese
from loaders.checks.registry import read_codes
from loaders.pipeline import Order
from loaders.pipeline import load as load_delivery
from loaders.progress import Steps
from loaders.report_shown import show
from loaders.verdict.ground import box_of, stored
from loaders.verdict.hand_over import hand_over
from loaders.verdict.kept import verdict_of_release
from loaders.verdict.verdict import Verdict, verdict_of


def check(  # noqa: PLR0913 a command line has as many options as people need
    path: Annotated[Path | None, typer.Argument(help="Tệp, thư mục hoặc .zip · the file, folder or .zip")] = None,
    profile: Annotated[str | None, typer.Option(help="Hồ sơ nạp · the profile")] = None,
    crs: Annotated[
        list[str] | None, typer.Option(help="Lưới tọa độ, như của `bando load` · the grid, as for `bando load`")
    ] = None,
    release: Annotated[
        int | None, typer.Option(min=1, help="Báo cáo đã lưu của một bản công bố · the verdict kept with a release")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Thư mục ghi HTML, GeoPackage, JSON · folder for the files")
    ] = None,
    as_json_text: Annotated[bool, typer.Option("--json", help="In ra dạng JSON · print JSON")] = False,
) -> None:
    """Kiểm tra tệp giao nộp, không công bố gì · Check a delivery, publish nothing.

    Mã thoát · exit codes: 0 công bố được · fit to publish; 3 sẽ bị từ chối · would be refused;
    4 không đọc được · unreadable; 5 hồ sơ nạp sai · faulty profile;
    6 tệp lớp hoặc tệp miễn trừ sai · faulty layer file or waiver.
    """
    _refuse_both(path, release)
    place = ready()
    if path is None:
        verdict = _kept(place, cast(int, release))
    else:
        order = Order(path, profile, judge=True, crs=tuple(crs or ()))
        verdict = _reached(place, order, quiet=as_json_text)
    if as_json_text:
        typer.echo(orjson.dumps(verdict.as_json(), option=orjson.OPT_INDENT_2).decode())
    if out is not None:
        for file in hand_over(replace(verdict, base=_base(place, verdict)), out):
            Console(stderr=True).print(f"  {file}", highlight=False, soft_wrap=True)
    if path is not None and verdict.refused:
        raise typer.Exit(EXIT_CODE[LoadRefused])


def _refuse_both(path: Path | None, release: int | None) -> None:
    if (path is None) == (release is None):
        raise SettingInvalid(
            "Hãy nêu một trong hai: đường dẫn cần kiểm tra, hoặc --release N.",
            "Give one of the two: a path to check, or --release N.",
        )


def _reached(place: Ready, order: Order, *, quiet: bool) -> Verdict:
    codes = read_codes()
    report = load_delivery(order, desk_of(place, Steps(quiet=quiet)))
    if not quiet:
        show(report, place.catalog, codes, Console())
    return verdict_of(report, place.catalog, codes)


def _base(place: Ready, verdict: Verdict) -> list[bytes]:
    """Served wards and streets around the findings."""
    box = box_of([at for at in verdict.places if at is not None])
    with place.database.connect("read") as conn:
        return stored(place.catalog, background(conn, box)) if box else []


def _kept(place: Ready, release: int) -> Verdict:
    verdict = verdict_of_release(place.database, release, place.catalog, read_codes())
    console = Console(stderr=True, highlight=False)
    console.print(
        f"Bản công bố · release {release}: {verdict.report['path']}, {vietnamese(len(verdict.located))} phát hiện · "
        "findings"
    )
    return verdict
