"""The report of a load: for a person in the terminal, and as JSON for `meta.load`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text as Words

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text
from gis_server.releases.publish import Release
from gis_server.releases.source import Source
from loaders.account import Account, Line
from loaders.checks.gate import Finding
from loaders.checks.registry import Code
from loaders.grid.sentences import grid_table
from loaders.grid.verdict import GridVerdict, as_data

COLOURS = {"error": "red", "repeat": "yellow", "warning": "yellow", "note": "cyan"}
EXAMPLES_SHOWN = 3
LINES_SHOWN = 24


@dataclass
class Report:
    """What a load did, with everything needed to believe it."""

    path: str
    source: Source
    dry_run: bool
    account: Account
    findings: list[Finding] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    """Rows that passed the gate, by layer."""
    grids: list[GridVerdict] = field(default_factory=list)
    """Which grid each file was found to be in, and by which evidence."""
    release: Release | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    peak_bytes: int = 0


def as_json(report: Report) -> dict[str, Any]:
    """Everything in the report as plain data."""
    return {
        "path": report.path,
        "source": asdict(report.source),
        "dry_run": report.dry_run,
        "release": None if report.release is None else report.release.number,
        "layers": {layer: {"rows": rows, **_changes(report, layer)} for layer, rows in sorted(report.rows.items())},
        "account": {
            name: {
                "read": line.read,
                "loaded": line.loaded,
                "set_aside": dict(sorted(line.set_aside.items())),
                "left_out": [{**_both(why), "count": count} for why, count in line.left_out.most_common() if count],
            }
            for name, line in report.account.lines.items()
        },
        "tallies": {
            name.en: {
                "read": tally.read,
                "drawn": tally.drawn,
                "mapped": tally.mapped,
                "faults": dict(sorted(tally.faults.items())),
            }
            for name, tally in report.account.tallies.items()
        },
        "files_left_out": {name: _both(why) for name, why in report.account.files_left_out.items()},
        "grids": [as_data(verdict) for verdict in report.grids],
        "findings": [asdict(finding) for finding in report.findings],
        "seconds": {step: round(value, 2) for step, value in report.seconds.items()},
        "peak_mib": round(report.peak_bytes / 2**20),
    }


def show(report: Report, catalog: Catalog, codes: Mapping[str, Code], console: Console) -> None:
    """The report on a screen, Vietnamese first."""
    console.print(Group(_account(report), _layers(report, catalog)))
    if report.grids:
        console.print(grid_table(report.grids))
    if report.account.tallies:
        console.print(_tallies(report))
    if report.findings:
        console.print(_findings(report, codes))
    for name, why in report.account.files_left_out.items():
        console.print(f"  bỏ qua · left out  {name}: {why.vi} · {why.en}", style="dim", markup=False, highlight=False)
    console.print(_verdict(report), highlight=False)


def _account(report: Report) -> Table:
    table = Table(title=f"Bảng cân đối · Account: {report.path}", title_justify="left", expand=False)
    table.add_column("Nguồn · Source")
    for head in ("Đọc · Read", "Nạp · Loaded", "Để riêng · Set aside", "Bỏ qua · Left out"):
        table.add_column(head, justify="right")
    told, folded = _folded(report.account.lines)
    for name, line in told.items():
        numbers = (line.read, line.loaded, line.set_aside.total(), line.left_out.total())
        table.add_row(name, *(f"{number:,}" for number in numbers))
        for code, count in sorted(line.set_aside.items()):
            table.add_row(Words(f"   {code}", style="dim"), "", "", f"{count:,}", "")
        for why, count in line.left_out.most_common():
            if count:
                table.add_row(Words(f"   {why.vi} · {why.en}", style="dim"), "", "", "", f"{count:,}")
    if folded:
        read = sum(line.read for line in folded.values())
        table.add_row(f"{len(folded)} tệp, lớp khác · other files, layers", f"{read:,}", f"{read:,}", "0", "0")
    return table


def _folded(lines: Mapping[str, Line]) -> tuple[dict[str, Line], dict[str, Line]]:
    """Lines to show, and, when there are very many, those loaded whole, which one sum can stand for."""
    whole = {name: line for name, line in lines.items() if line.loaded == line.read}
    if len(lines) <= LINES_SHOWN or len(whole) < 2:
        return dict(lines), {}
    return {name: line for name, line in lines.items() if name not in whole}, whole


def _tallies(report: Report) -> Table:
    table = Table(title="Đối chiếu · Reconciliation", title_justify="left", expand=False)
    table.add_column("Đối tượng · Features")
    for head in ("Đọc · Read", "Có hình · Drawn", "Có lớp · Mapped"):
        table.add_column(head, justify="right")
    table.add_column("Lỗi hình · Faults")
    for name, tally in report.account.tallies.items():
        faults = ", ".join(f"{code} {count:,}" for code, count in sorted(tally.faults.items()))
        table.add_row(f"{name.vi} · {name.en}", f"{tally.read:,}", f"{tally.drawn:,}", f"{tally.mapped:,}", faults)
    return table


def _layers(report: Report, catalog: Catalog) -> Table:
    table = Table(title="Lớp · Layers", title_justify="left", expand=False)
    table.add_column("Lớp · Layer")
    for head in ("Dòng · Rows", "Thêm · Added", "Sửa · Changed", "Bớt · Removed"):
        table.add_column(head, justify="right")
    for layer in (one.id for one in catalog if one.id in report.rows):
        rows, changes = report.rows[layer], _changes(report, layer)
        cells = [f"{changes[kind]:,}" if changes else "–" for kind in ("added", "changed", "removed")]
        table.add_row(Words.assemble(catalog[layer].file.title.vi, (f"  {layer}", "dim")), f"{rows:,}", *cells)
    return table


def _findings(report: Report, codes: Mapping[str, Code]) -> Group:
    lines = [Words("Phát hiện · Findings", style="italic")]
    for one in report.findings:
        about = codes[one.code]
        place = f"{one.layer}.{one.field}" if one.field else one.layer
        head = Words.assemble((one.code, COLOURS[about.severity]), f"  {one.count:,} × {place}\n")
        meaning = f"   {about.vi} · {about.en}{_other_layer(one)}"
        lines.append(head.append(f"{meaning}\n   {_examples(one)}" if one.examples else meaning))
    return Group(*lines)


def _other_layer(one: Finding) -> str:
    """The layer that a relation is about; it stands in the findings' values."""
    return f": {one.examples[0].value}" if one.code.startswith("REL") and one.examples else ""


def _examples(one: Finding) -> str:
    shown = one.examples[:EXAMPLES_SHOWN]
    if one.code.startswith("REL"):
        return "; ".join(each.key for each in shown)
    return "; ".join(f"{each.key or '?'}: {each.value}" if each.value else each.key or "?" for each in shown)


def _verdict(report: Report) -> str:
    steps = "  ".join(f"{step} {value:.1f} s" for step, value in report.seconds.items())
    spent = f"[dim]{steps}  ·  {sum(report.seconds.values()):.1f} s, {report.peak_bytes / 2**20:,.0f} MiB[/]"
    if report.dry_run:
        return f"[bold]Chạy thử, không công bố gì · Dry run, nothing was published.[/]\n{spent}"
    if report.release is None:
        return f"[bold]Không có gì thay đổi, không có bản công bố mới · Nothing changed, no new release.[/]\n{spent}"
    number = report.release.number
    return f"[bold green]✓ Đã công bố bản {number} · Published as release {number}.[/]\n{spent}"


def _changes(report: Report, layer: str) -> dict[str, int]:
    if report.dry_run:
        return {}
    for change in report.release.layers if report.release else ():
        if change.layer == layer:
            return asdict(change.counts)
    return {"added": 0, "changed": 0, "removed": 0}


def _both(words: Text) -> dict[str, str]:
    return {"vi": words.vi, "en": words.en}
