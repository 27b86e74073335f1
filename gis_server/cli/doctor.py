"""`bando doctor`: one screen of what is installed, what is wrong, and how to mend it."""

from collections.abc import Iterator

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gis_server.cli import checkup
from gis_server.cli.checkup import Finding
from gis_server.settings import Settings

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "error": "[red]✗[/]"}


def doctor() -> None:
    """Máy này có gì, thiếu gì, khắc phục thế nào · What is installed, what is wrong, how to fix it."""
    findings = list(_findings(Settings()))
    Console().print(_screen(findings))
    wrong = sum(finding.level == "error" for finding in findings)
    words = f"[red]✗ {wrong} lỗi · errors[/]" if wrong else "[green]✓ sẵn sàng · ready[/]"
    Console().print(words, highlight=False)
    raise typer.Exit(1 if wrong else 0)


def _findings(settings: Settings) -> Iterator[Finding]:
    about_catalog, catalog = checkup.layer_files(settings)
    yield from checkup.server(settings, catalog)
    yield about_catalog
    if catalog is not None:
        yield checkup.datum_in_python(catalog)
    yield from checkup.drivers()
    yield checkup.packages()
    yield from checkup.browser_side(settings)
    yield from checkup.machine(settings)


def _screen(findings: list[Finding]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 1))
    for finding in findings:
        table.add_row(MARKS[finding.level], finding.subject, escape(finding.found))
        if finding.mend is not None:
            table.add_row("", "", f"{escape(finding.mend[0])}\n[dim]{escape(finding.mend[1])}[/]")
    return table
