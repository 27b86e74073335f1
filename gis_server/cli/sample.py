"""`bando sample`: writes a synthetic Vietnamese city the way agencies deliver, or the city-sized set for benchmarks."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from gis_server.catalog import Catalog
from gis_server.cli.context import read_settings_and_catalog
from gis_server.errors import SettingInvalid
from gis_server.figures import vietnamese
from loaders.sample_city.big import write_big
from loaders.sample_city.build import build
from loaders.sample_city.city import City
from loaders.sample_city.damage import damage as spoil
from loaders.sample_city.damage import write_answers
from loaders.sample_city.deliver import MANIFEST, MARK, deliver
from loaders.sample_city.frame import MOST_WARDS, Frame


def sample(
    out: Annotated[Path, typer.Option("--out", help="Thư mục để ghi · folder to write", show_default=False)],
    wards: Annotated[int, typer.Option(min=1, max=MOST_WARDS, help="Số phường · number of wards")] = 3,
    seed: Annotated[
        int, typer.Option(min=0, help="Số gieo ngẫu nhiên; cùng số thì cùng thành phố · seed; same seed, same city")
    ] = 7,
    parcels: Annotated[
        int | None,
        typer.Option(
            min=10_000, help="Bộ cỡ thành phố để đo tốc độ, với số thửa này · city-sized set of so many parcels"
        ),
    ] = None,
    damage: Annotated[
        bool,
        typer.Option(
            "--damage", help="Gài lỗi biết trước, kèm đáp án dap_an.json · plant known errors, with the answers"
        ),
    ] = False,
) -> None:
    """Sinh thành phố mẫu (dữ liệu giả lập) như cơ quan giao nộp · Write a synthetic city as agencies deliver.

    Nạp bằng `bando load THƯ_MỤC` · Load it with `bando load FOLDER`.
    """
    _, catalog = read_settings_and_catalog()
    _make_room(out)
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("…", total=None)

        def tell(step: str) -> None:
            progress.update(task, description=step)

        if parcels is not None:
            counts = write_big(parcels, seed, catalog, out, tell)
        else:
            city = build(Frame(wards, seed), catalog, tell)
            counts = _write_city(city, catalog, out, tell, spoilt_by=seed if damage else None)
    console.print(
        f"[green]✓[/] {out}: {len(counts)} lớp, {vietnamese(sum(counts.values()))} đối tượng, dữ liệu giả lập · "
        f"{len(counts)} layers, {sum(counts.values()):,} features, synthetic.\n  bando load {out}",
        highlight=False,
    )


def _write_city(
    city: City, catalog: Catalog, out: Path, tell: Callable[[str], None], *, spoilt_by: int | None
) -> dict[str, int]:
    """Delivered, with planted errors and their answers when a seed is given; how many features by layer."""
    answers = None if spoilt_by is None else spoil(city, catalog, spoilt_by)
    deliver(city, catalog, out, tell)
    if answers is not None:
        write_answers(answers, out)
    return {layer: len(table) for layer, table in city.tables.items()}


def _make_room(out: Path) -> None:
    """An empty folder: new, or one that holds an earlier sample city, which is replaced."""
    if out.exists() and not out.is_dir():
        raise SettingInvalid(f"{out} là một tệp; hãy nêu một thư mục.", f"{out} is a file; name a folder.")
    if not out.exists() or not any(out.iterdir()):
        return
    manifest = out / MANIFEST
    if not (manifest.is_file() and manifest.read_text(encoding="utf-8", errors="replace").startswith(MARK)):
        raise SettingInvalid(
            f"Thư mục {out} không trống và không phải do `bando sample` ghi; hãy chọn thư mục khác hoặc tự dọn trước.",
            f"The folder {out} is not empty and was not written by `bando sample`; choose another, or clear it first.",
        )
    for entry in sorted(out.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
