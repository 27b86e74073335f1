"""Drafts against the map as it is now: their relations are asked again, as other releases may have come between."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from psycopg import sql
from rich.console import Console

from gis_server.errors import DraftStale
from gis_server.releases.drafts import Draft
from gis_server.releases.source import Source
from loaders.account import Account
from loaders.checks.bench import Bench
from loaders.checks.gate import Gate
from loaders.checks.others import Others
from loaders.checks.refusal import judge
from loaders.checks.registry import read_codes
from loaders.checks.waivers import Waivers
from loaders.pipeline import Desk
from loaders.records import record
from loaders.report import Report, as_json
from loaders.report_shown import show_findings
from loaders.staging import Staging
from loaders.statements import statement

ALL = 1.0
"""Rows with errors were set aside when the draft was made; what is left is warned about, or stops it as a whole."""


def recheck(chosen: Sequence[Draft], desk: Desk, console: Console) -> None:
    """Tells what is found now and was not when the drafts were made; DraftStale when they may not be published now."""
    by_source = defaultdict(list)
    for draft in chosen:
        by_source[draft.source["id"]].append(draft)
    reports = [_relate(drafts, desk) for drafts in by_source.values()]
    refusals = [why for report in reports for why in report.refusals]
    if refusals:
        raise DraftStale(
            "Bản nháp không còn phù hợp với bản đồ đang phục vụ. Chưa công bố gì:\n"
            + "\n".join(f"  {why.vi}" for why in refusals) + "\nHãy nạp lại tệp giao nộp.",
            "Nothing was published: " + "; ".join(why.en for why in refusals) + ". Load the delivery again.",
        )  # fmt: skip
    for report in reports:
        if report.findings:
            console.print("Đối chiếu lại với bản đồ đang phục vụ · Checked again against what is served", style="bold")
            console.print(show_findings(report.findings, read_codes()))


def _relate(drafts: list[Draft], desk: Desk) -> Report:
    """The drafts of one source together, as they would be published; leaves what is new in the report's findings."""
    source, named = Source(**drafts[0].source), ", ".join(str(one.draft) for one in drafts)
    report = Report(f"bản nháp · draft {named}", source, True, Account())
    with record(desk.database, who=drafts[0].who, profile=None, path=report.path) as book:
        book.source = source.id
        with Staging(desk.database, book.load_id, desk.catalog) as staging:
            for one in (each for draft in drafts for each in draft.staged(desk.catalog)):
                report.rows[one.layer.id] = staging.fill(one.layer, sql.SQL(one.table))
            report.account.rows.update(report.rows)
            _ask(staging, report, desk)
            known = _known(staging, drafts)
        book.report = as_json(report)
    report.findings = [one for one in report.findings if one.count > known[one.layer, one.code, one.field]]
    return report


def _ask(staging: Staging, report: Report, desk: Desk) -> None:
    codes, source = read_codes(), report.source.id
    waivers = Waivers(desk.catalog, codes, date.today())  # noqa: DTZ011 -- a waiver ends with the day here
    gate = Gate(Bench(staging, desk.catalog, source, Others(staging, source)), codes, waivers)
    staging.analyze()
    with desk.steps.step("đối chiếu · relate", "Đối chiếu lại · Relating again", total=len(staging.layers)):
        for layer in staging.layers.values():
            desk.steps.advance(words=f"Đối chiếu lại · Relating again {layer.id}")
            gate.relate(layer)
            report.findings += gate.findings(layer, relations=True)
    report.refusals = judge(gate, report, ALL, desk.catalog)


def _known(staging: Staging, drafts: list[Draft]) -> defaultdict[tuple[str, str, str | None], int]:
    """How often each finding was told when the drafts were made."""
    told: defaultdict[tuple[str, str, str | None], int] = defaultdict(int)
    loads = [draft.load_id for draft in drafts]
    for (report,) in staging.conn.execute(statement("reports_of_loads.sql"), {"loads": loads}):
        for one in report["findings"]:
            told[one["layer"], one["code"], one["field"]] += one["count"]
    return told
