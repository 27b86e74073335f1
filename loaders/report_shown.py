"""The report of a load for a person at the terminal."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Words

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text
from gis_server.figures import vietnamese
from loaders.account import Line
from loaders.checks.finding import Finding
from loaders.checks.registry import Code
from loaders.grid.sentences import grid_lines
from loaders.readers.columns import listed
from loaders.report import Report, changes_of

COLOURS = {"stop": "bold red", "error": "red", "repeat": "yellow", "warning": "yellow", "note": "cyan"}
EXAMPLES_SHOWN = 3
LINES_SHOWN = 24
FILES_SHOWN = 6


def show(report: Report, catalog: Catalog, codes: Mapping[str, Code], console: Console) -> None:
    """The report on a screen, Vietnamese first."""
    console.print(Group(_account(report), _layers(report, catalog)))
    if report.grids:
        console.print(grid_lines(report.grids))
    if report.account.tallies:
        console.print(_tallies(report))
    if report.findings:
        console.print(show_findings(report.findings, codes))
    for head, columns in (
        ("bỏ, dữ liệu cá nhân · dropped, personal data", report.account.personal),
        ("không đưa vào trường nào · not mapped", report.account.unused),
    ):
        for name, names in columns.items():
            console.print(f"  {head}  {name}: {listed(names)}", style="dim", markup=False, highlight=False)
    for line in _files_left_out(report.account.files_left_out):
        console.print(line, style="dim", markup=False, highlight=False)
    console.print(_verdict(report), highlight=False)


def _narrow(title: str, *heads: str) -> Table:
    """Numbers first, the name last, no frame: readable at 80 columns, as only the name wraps."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads[:-1]:
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column(heads[-1], overflow="fold")
    return table


def _account(report: Report) -> Table:
    heads = ("Đọc\nRead", "Nạp\nLoaded", "Để riêng\nSet aside", "Bỏ qua\nLeft out", "Nguồn\nSource")
    table = _narrow(f"Bảng cân đối · Account: {report.path}", *heads)
    told, folded = _folded(report.account.lines)
    for name, line in told.items():
        numbers = (line.read, line.loaded, line.set_aside.total(), line.left_out.total())
        table.add_row(*(vietnamese(number) for number in numbers), Words(name))
        for code, count in sorted(line.set_aside.items()):
            table.add_row("", "", vietnamese(count), "", Words(f"  {code}", style="dim"))
        for why, count in line.left_out.most_common():
            if count:
                table.add_row("", "", "", vietnamese(count), Words(f"  {why.vi} · {why.en}", style="dim"))
    if folded:
        read = sum(line.read for line in folded.values())
        table.add_row(
            vietnamese(read), vietnamese(read), "0", "0", f"{len(folded)} tệp, lớp khác · other files, layers"
        )
    return table


def _folded(lines: Mapping[str, Line]) -> tuple[dict[str, Line], dict[str, Line]]:
    """Lines to show, and, when there are very many, those loaded whole, which one sum can stand for."""
    whole = {name: line for name, line in lines.items() if line.loaded == line.read}
    if len(lines) <= LINES_SHOWN or len(whole) < 2:
        return dict(lines), {}
    return {name: line for name, line in lines.items() if name not in whole}, whole


def _tallies(report: Report) -> Table:
    heads = (
        "Đọc\nRead",
        "Có hình học\nWith geometry",
        "Có lớp đích\nMapped",
        "Đối tượng · lỗi hình học\nFeatures · faults",
    )
    table = _narrow("Đối chiếu · Reconciliation", *heads)
    for name, tally in report.account.tallies.items():
        faults = "".join(f"\n  {code} {vietnamese(count)}" for code, count in sorted(tally.faults.items()))
        table.add_row(
            vietnamese(tally.read), vietnamese(tally.drawn), vietnamese(tally.mapped), f"{name.vi} · {name.en}{faults}"
        )
    return table


def _layers(report: Report, catalog: Catalog) -> Table:
    table = _narrow("Lớp · Layers", "Dòng\nRows", "Thêm\nAdded", "Sửa\nChanged", "Bớt\nRemoved", "Lớp\nLayer")
    for layer in (one.id for one in catalog if one.id in report.rows):
        rows, changes = report.rows[layer], changes_of(report, layer)
        cells = [vietnamese(changes[kind]) if changes else "–" for kind in ("added", "changed", "removed")]
        table.add_row(vietnamese(rows), *cells, Words.assemble(catalog[layer].file.title.vi, (f"  {layer}", "dim")))
    return table


def show_findings(findings: Iterable[Finding], codes: Mapping[str, Code]) -> Group:
    """Each finding with its meaning and examples."""
    lines = [Words("Phát hiện · Findings", style="italic")]
    for one in findings:
        about = codes[one.code]
        place = f"{one.layer}.{one.field}" if one.field else one.layer
        waived = f"  (miễn trừ · waived {vietnamese(one.waived)})" if one.waived else ""
        head = Words.assemble((one.code, COLOURS[about.severity]), f"  {vietnamese(one.count)} × {place}{waived}\n")
        meaning = f"   {about.vi} · {about.en}{_other_layer(one)}"
        lines.append(head.append(f"{meaning}\n   {_examples(one)}" if one.examples else meaning))
    return Group(*lines)


def _files_left_out(files: Mapping[str, Text]) -> Iterator[str]:
    """Each reason once, with the first files it is for."""
    by_reason: dict[Text, list[str]] = {}
    for name, why in files.items():
        by_reason.setdefault(why, []).append(name)
    for why, names in by_reason.items():
        more = f" … (+{len(names) - FILES_SHOWN})" if len(names) > FILES_SHOWN else ""
        yield f"Bỏ qua · Left out: {why.vi} · {why.en}"
        yield f"   {', '.join(names[:FILES_SHOWN])}{more}"


def _other_layer(one: Finding) -> str:
    """The layer that a relation is about; it stands in the findings' values."""
    return f": {one.examples[0].value}" if one.code.startswith("REL") and one.examples else ""


def _examples(one: Finding) -> str:
    shown = one.examples[:EXAMPLES_SHOWN]
    if one.code.startswith("REL"):
        return "; ".join(each.key for each in shown)
    return "; ".join(f"{each.key or '?'}: {each.value}" if each.value else each.key or "?" for each in shown)


def _verdict(report: Report) -> str:
    steps = "  ".join(f"{step} {vietnamese(value, 1)} s" for step, value in report.seconds.items())
    whole = vietnamese(sum(report.seconds.values()), 1)
    spent = f"[dim]{steps}  ·  {whole} s, {vietnamese(report.peak_bytes / 2**20)} MiB[/]"
    if report.refusals:
        said = "".join(f"\n  {escape(why.vi)}\n  [dim]{escape(why.en)}[/]" for why in report.refusals)
        return (
            f"[bold red]✗ Sẽ bị từ chối, không công bố gì · Would be refused, nothing was published.[/]{said}\n{spent}"
        )
    if report.dry_run:
        return f"[bold]Chạy thử, không công bố gì · Dry run, nothing was published.[/]\n{spent}"
    if report.draft is not None:
        return (
            f"[bold green]✓ Đã giữ thành bản nháp {report.draft}, chưa công bố · Held as draft {report.draft}.[/] "
            f"`bando drafts {report.draft}`, `bando publish {report.draft}`\n{spent}"
        )
    if report.release is None:
        return f"[bold]Không có gì thay đổi nên không có bản công bố mới · Nothing changed, no new release.[/]\n{spent}"
    number = report.release.number
    return f"[bold green]✓ Đã công bố bản {number} · Published as release {number}.[/]\n{spent}"
