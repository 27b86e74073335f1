"""`bando check`: the verdict on a delivery before anything is published, or the one kept with a release."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from gis_server.cli.context import Ready, ready
from gis_server.errors import EXIT_CODE, LoadRefused, SettingInvalid
from loaders.checks.registry import read_codes
from loaders.pipeline import Desk, Order
from loaders.pipeline import load as load_delivery
from loaders.progress import Steps
from loaders.report import show
from loaders.verdict.hand_over import hand_over
from loaders.verdict.kept import verdict_of_release
from loaders.verdict.verdict import Verdict, verdict_of


def check(
    path: Annotated[Path | None, typer.Argument(help="Tệp, thư mục hoặc .zip · the file, folder or .zip")] = None,
    profile: Annotated[str | None, typer.Option(help="Hồ sơ nạp · the profile")] = None,
    release: Annotated[
        int | None, typer.Option(min=1, help="Báo cáo đã giữ của một bản công bố · the verdict kept with a release")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Thư mục ghi HTML, GeoPackage, JSON · folder for the files")
    ] = None,
    as_json_text: Annotated[bool, typer.Option("--json", help="In JSON ra màn hình · print JSON")] = False,
) -> None:
    """Kiểm tra mà không công bố · check a delivery, publish nothing.

    Mã thoát · exit codes: 0 công bố được · fit to publish; 3 sẽ bị từ chối · would be refused;
    4 không đọc được · unreadable; 5 hồ sơ nạp sai · wrong profile;
    6 tệp lớp hay miễn trừ sai · wrong layer file or waiver.
    """
    if (path is None) == (release is None):
        raise SettingInvalid(
            "Chỉ một trong hai: đường dẫn cần kiểm tra, hoặc --release N.",
            "Give one of the two: a path to check, or --release N.",
        )
    place = ready()
    verdict = _kept(place, release) if release is not None else _reached(place, path, profile, quiet=as_json_text)
    if as_json_text:
        typer.echo(orjson.dumps(verdict.as_json(), option=orjson.OPT_INDENT_2).decode())
    if out is not None:
        for file in hand_over(verdict, out):
            Console(stderr=True).print(f"  {file}", highlight=False, soft_wrap=True)
    if path is not None and verdict.refused:
        raise typer.Exit(EXIT_CODE[LoadRefused])


def _reached(place: Ready, path: Path | None, profile: str | None, *, quiet: bool) -> Verdict:
    assert path is not None
    codes = read_codes()
    desk = Desk(place.catalog, place.database, Steps(quiet=quiet), place.settings.state_folder)
    report = load_delivery(Order(path, profile, judge=True), desk)
    if not quiet:
        show(report, place.catalog, codes, Console())
    return verdict_of(report, place.catalog, codes)


def _kept(place: Ready, release: int) -> Verdict:
    verdict = verdict_of_release(place.database, release, place.catalog, read_codes())
    console = Console(stderr=True, highlight=False)
    console.print(
        f"Bản công bố · release {release}: {verdict.report['path']}, {len(verdict.located):,} phát hiện · findings"
    )
    return verdict
