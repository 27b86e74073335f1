"""The account of a load as Markdown, for the documents that state it; a test holds the document to the load."""

from collections.abc import Iterator

from gis_server.catalog import Catalog
from gis_server.figures import vietnamese
from loaders.report import Report


def as_markdown(report: Report, catalog: Catalog) -> str:
    """Account, reconciliation and rows of each layer, as three tables."""
    return "\n".join([*_account(report), "", *_tallies(report), "", *_layers(report, catalog)]) + "\n"


def _account(report: Report) -> Iterator[str]:
    yield from _head("Nguồn · Source", "Đọc · Read", "Nạp · Loaded", "Để riêng · Set aside", "Bỏ qua · Left out")
    for name, line in report.account.lines.items():
        yield _row(f"**{name}**", line.read, line.loaded, line.set_aside.total(), line.left_out.total())
        for code, count in sorted(line.set_aside.items()):
            yield _row(code, "", "", count, "")
        for why, count in line.left_out.most_common():
            if count:
                yield _row(f"{why.vi} · {why.en}", "", "", "", count)


def _tallies(report: Report) -> Iterator[str]:
    yield from _head(
        "Đối tượng · Features",
        "Đọc · Read",
        "Có hình học · With geometry",
        "Có lớp đích · Mapped",
        "Lỗi hình học · Faults",
    )
    for name, tally in report.account.tallies.items():
        faults = ", ".join(f"{code}: {count}" for code, count in sorted(tally.faults.items()))
        yield _row(f"{name.vi} · {name.en}", tally.read, tally.drawn, tally.mapped, faults)


def _layers(report: Report, catalog: Catalog) -> Iterator[str]:
    yield from _head("Lớp · Layer", "", "Dòng · Rows")
    for layer in catalog:
        if layer.id in report.rows:
            yield _row(f"{layer.file.title.vi} · {layer.file.title.en}", f"`{layer.id}`", report.rows[layer.id])


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield _row("---", *["---:"] * (len(names) - 1))


def _row(*cells: str | int) -> str:
    return "| " + " | ".join(vietnamese(cell) if isinstance(cell, int) else cell for cell in cells) + " |"
