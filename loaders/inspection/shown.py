"""An inspection on a screen of 80 columns, Vietnamese first, and as plain data."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Words

from gis_server.catalog import Catalog
from gis_server.figures import vietnamese
from loaders.inspection.facts import Inspection, LayerFacts

KINDS = {"Point": "điểm · points", "LineString": "đường · lines", "Polygon": "vùng · polygons"}
COLUMNS_SHOWN = 24
FILES_SHOWN = 30


def as_data(found: Inspection) -> dict[str, Any]:
    """Everything, for `--json`."""
    return asdict(found) | {
        "unread": {name: why.model_dump() for name, why in found.unread.items()},
        "problems": {name: why.model_dump() for name, why in found.problems.items()},
        "layers": [_layer_data(one) for one in found.layers],
    }


def _layer_data(one: LayerFacts) -> dict[str, Any]:
    data = asdict(one)
    data |= {"grid": one.grid.model_dump(), "letters": one.letters.model_dump()}
    data["verdict"] = None if one.verdict is None else one.verdict.model_dump()
    for guess, told in zip(one.targets, data["targets"], strict=True):
        told["evidence"] = [words.model_dump() for words in guess.evidence]
    return data


def show(found: Inspection, catalog: Catalog, console: Console) -> None:
    """Layer by layer, then what was not read and why."""
    for one in found.layers:
        _show_layer(one, catalog, console)
    for name, why in found.problems.items():
        console.print(Words.assemble(("✗ ", "red"), (name, "bold"), f"\n  {why.vi}\n  {why.en}"))
    if not found.layers and not found.problems:
        empty = "không có tệp bản đồ nào đọc được · no map file that can be read"
        console.print(Words(f"⚠ {found.path}: {empty}", style="yellow"))
    for name, why in list(found.unread.items())[:FILES_SHOWN]:
        console.print(Words(f"– {name}: {why.vi} · {why.en}", style="dim"))
    if len(found.unread) > FILES_SHOWN:
        console.print(Words(f"– … {len(found.unread) - FILES_SHOWN} tệp khác · other files", style="dim"))
    counts = (len(found.layers), len(found.problems), len(found.unread))
    console.print("{} lớp · layers, {} tệp không đọc được · unreadable, {} tệp bỏ qua · left out".format(*counts))


def _show_layer(one: LayerFacts, catalog: Catalog, console: Console) -> None:
    name = (
        one.file if one.layer in ("", one.file.rpartition("/")[2].rpartition(".")[0]) else f"{one.file} · {one.layer}"
    )
    kinds = (
        ", ".join(f"{KINDS[kind]} {vietnamese(count)}" for kind, count in one.kinds.items())
        or "không có hình · no geometry"
    )
    rows = "?" if one.rows is None else vietnamese(one.rows)
    console.print(Words.assemble(("■ ", "cyan"), (name, "bold")))
    console.print(f"  {rows} dòng · rows; {kinds}", highlight=False)
    _show_grid(one, console)
    console.print(f"  bảng mã · encoding: {one.letters.vi} · {one.letters.en}", highlight=False, markup=False)
    if one.family:
        console.print(f"  họ lớp · family: {one.family}", highlight=False)
    if one.verdict is not None:
        console.print(Words(f"  ⚠ {one.verdict.vi} · {one.verdict.en}", style="yellow"))
    for guess in one.targets:
        title = catalog[guess.layer].file.title.vi
        why = "; ".join(words.vi for words in guess.evidence)
        console.print(Words.assemble("  → ", (guess.layer, "green"), f" ({title}) {guess.confidence:.0%}: {why}"))
    if one.profiles:
        console.print(f"  hồ sơ nạp phù hợp · profiles that fit: {', '.join(one.profiles)}", highlight=False)
    for column in one.columns[:COLUMNS_SHOWN]:
        mask = f" [dữ liệu cá nhân · personal data: {column.personal}]" if column.personal else ""
        line = f"    {column.name}  {column.type} {column.filled:.0%}  {' | '.join(column.examples)}{mask}"
        console.print(Words(line, style="yellow" if mask else "dim", overflow="ellipsis", no_wrap=True))
    if len(one.columns) > COLUMNS_SHOWN:
        console.print(f"    … {len(one.columns) - COLUMNS_SHOWN} cột khác · more columns", highlight=False)


def _show_grid(one: LayerFacts, console: Console) -> None:
    """On one line; where the grid has to be asked for, what it may be on lines of their own."""
    asked_vi, *vi = one.grid.vi.split("\n")
    asked_en, *en = one.grid.en.split("\n")
    console.print(Words(f"  lưới · grid: {asked_vi} · {asked_en}", style="yellow" if vi else ""))
    for candidate in (*vi, *en):
        console.print(Padding(Words(candidate, style="dim"), (0, 0, 0, 6)))
