"""Runs a notebook and writes it as a page for people: what was asked, what came out, and how, folded away.

`python -m gis_server.client.report notebooks/*.py --out build/reports`, with the service of `BANDO_URL`.
"""

import argparse
import ast
import contextlib
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from pathlib import Path
from typing import Any

from gis_server.client.errors import BandoError
from gis_server.client.frames import needed
from gis_server.client.report_tables import as_table, is_table

CITY_CLOCK = timezone(timedelta(hours=7))
STYLE = (Path(__file__).parent / "report.css").read_text
Namespace = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """A cell of a percent file; a text cell's lines are without their comment marks."""

    is_text: bool
    source: str


def cells_of(notebook: str) -> list[Cell]:
    """Cells between lines that begin with `# %%`."""
    found = []
    for part in notebook.split("# %%")[1:]:
        head, _, body = part.partition("\n")
        if "[markdown]" in head:
            found.append(Cell(True, "\n".join(line.removeprefix("#").removeprefix(" ") for line in body.splitlines())))
        else:
            found.append(Cell(False, body.strip()))
    return found


def run(cell: Cell, space: Namespace, name: str) -> tuple[str, Any]:
    """What a cell prints, and the value of its last line when that is an expression."""
    tree, said, value = ast.parse(cell.source, name), io.StringIO(), None
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(said):
        exec(compile(tree, name, "exec"), space)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), space)
    return said.getvalue().strip(), value


def report(path: Path) -> str:
    """The notebook, run from its first cell to its last, as a page."""
    markdown = needed("markdown_it").MarkdownIt("commonmark")
    space: Namespace = {"__name__": "__main__"}
    parts = list(_parts(path, markdown, space))
    title, _ = titles(path)
    banner = '<p class="synthetic">DỮ LIỆU GIẢ LẬP · SYNTHETIC DATA</p>' if is_synthetic(space) else ""
    made = datetime.now(UTC).astimezone(CITY_CLOCK).strftime("%d/%m/%Y %H:%M")
    foot = f"Lập lúc <i>made at</i> {made} · <code>notebooks/{escape(path.name)}</code> · Bando"
    return page(title, f"{banner}{''.join(parts)}<footer>{foot}</footer>")


def titles(path: Path) -> tuple[str, str]:
    """The first two lines of a notebook: what it asks, in Vietnamese and in English."""
    first = next(cell.source for cell in cells_of(path.read_text("utf-8")) if cell.is_text)
    vi, en, *_ = [line for line in first.splitlines() if line.strip()] + ["", ""]
    return vi.removeprefix("# "), en.strip("*")


def _parts(path: Path, markdown: Any, space: Namespace) -> Iterator[str]:
    for number, cell in enumerate(cells_of(path.read_text("utf-8")), 1):
        if cell.is_text:
            yield markdown.render(cell.source)
            continue
        said, value = run(cell, space, f"{path.name}, ô {number}")
        yield "".join(f'<p class="said">{escape(line)}</p>' for line in said.splitlines())
        yield shown(value)
        yield f"<details><summary>Cách tính <i>how</i></summary><pre>{escape(cell.source)}</pre></details>"


def shown(value: Any) -> str:
    """A value as a page shows it: tables and pictures as they are, anything else as it prints."""
    if value is None:
        return ""
    if is_table(value):
        return as_table(value)
    drawn = getattr(value, "_repr_html_", None)
    return str(drawn()) if drawn else f"<pre>{escape(str(value))}</pre>"


def is_synthetic(space: Mapping[str, Any]) -> bool:
    """Whether any frame that the notebook read holds features that nobody measured."""
    frames = [one for one in space.values() if hasattr(one, "columns") and "synthetic" in one.columns]
    return any(bool(frame["synthetic"].any()) for frame in frames)


def page(title: str, body: str) -> str:
    """A page in one file, which asks for nothing from elsewhere."""
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><title>{escape(title)}</title><style>{STYLE("utf-8")}</style></head>'
        f"<body><main>{body}</main></body></html>\n"
    )


def write(paths: Sequence[Path], folder: Path) -> list[Path]:
    """A page for each notebook, and one that lists them."""
    folder.mkdir(parents=True, exist_ok=True)
    made, entries = [], []
    for path in paths:
        target = folder / f"{path.stem}.html"
        target.write_text(report(path), "utf-8")
        made.append(target)
        vi, en = titles(path)
        entries.append(f'<li><a href="{target.name}">{escape(vi)}</a> <i>{escape(en)}</i></li>')
    body = f"<h1>Báo cáo <i>Reports</i></h1><ul>{''.join(entries)}</ul>"
    (folder / "index.html").write_text(page("Báo cáo · Reports", body), "utf-8")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Chạy các sổ tính, ghi thành trang báo cáo · run notebooks, write report pages"
    )
    parser.add_argument("notebooks", nargs="+", type=Path, help="tệp .py chia ô bằng # %%%% · percent files")
    parser.add_argument("--out", type=Path, default=Path("build/reports"), help="thư mục để ghi · folder to write")
    asked = parser.parse_args(arguments)
    try:
        made = write(asked.notebooks, asked.out)
    except BandoError as error:
        sys.stderr.write(f"{error.vi}\n{error.en}\n")
        return 1
    sys.stdout.write(f"{len(made)} báo cáo · reports: {asked.out / 'index.html'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
