"""The report of a load, and the same as JSON for `meta.load`."""

from dataclasses import asdict, dataclass, field
from typing import Any

from gis_server.catalog.model import Text
from gis_server.releases.publish import Release
from gis_server.releases.source import Source
from loaders.account import Account
from loaders.checks.finding import Finding, Located
from loaders.grid.verdict import GridVerdict, as_data


@dataclass
class Report:
    """What a load did, with everything needed to believe it."""

    path: str
    source: Source
    dry_run: bool
    account: Account
    judged: bool = False
    """Only a verdict is wanted: what would end the load is told with everything else."""
    findings: list[Finding] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    """Rows that passed the gate, by layer."""
    grids: list[GridVerdict] = field(default_factory=list)
    """Which grid each layer of a file was found to be in, and by which evidence."""
    refusals: list[Text] = field(default_factory=list)
    """Why this must not be published."""
    located: list[Located] = field(default_factory=list)
    outlines: dict[str, list[bytes]] = field(default_factory=dict)
    """Some shapes (WKB, stored grid) of the layers with findings: the ground under a map of them."""
    check_seconds: dict[str, float] = field(default_factory=dict)
    release: Release | None = None
    draft: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    peak_bytes: int = 0


def as_json(report: Report) -> dict[str, Any]:
    """Everything in the report as plain data."""
    return {
        "path": report.path,
        "source": asdict(report.source),
        "dry_run": report.dry_run,
        "release": None if report.release is None else report.release.number,
        "draft": report.draft,
        "layers": {layer: {"rows": rows, **changes_of(report, layer)} for layer, rows in sorted(report.rows.items())},
        **_account_json(report.account),
        "columns_unused": report.account.unused,
        "columns_personal": report.account.personal,
        "files_left_out": {name: _both(why) for name, why in report.account.files_left_out.items()},
        "grids": [as_data(verdict) for verdict in report.grids],
        "findings": [asdict(finding) for finding in report.findings],
        "refusals": [_both(why) for why in report.refusals],
        "check_seconds": {name: round(value, 3) for name, value in sorted(report.check_seconds.items())},
        "seconds": {step: round(value, 2) for step, value in report.seconds.items()},
        "peak_mib": round(report.peak_bytes / 2**20),
    }


def _account_json(account: Account) -> dict[str, Any]:
    lines = {
        name: {
            "read": line.read,
            "loaded": line.loaded,
            "set_aside": dict(sorted(line.set_aside.items())),
            "left_out": [{**_both(why), "count": count} for why, count in line.left_out.most_common() if count],
        }
        for name, line in account.lines.items()
    }
    tallies = {
        name.en: {
            "read": tally.read,
            "drawn": tally.drawn,
            "mapped": tally.mapped,
            "faults": dict(sorted(tally.faults.items())),
        }
        for name, tally in account.tallies.items()
    }
    return {"account": lines, "tallies": tallies}


def changes_of(report: Report, layer: str) -> dict[str, int]:
    """Rows that the load added, changed and removed; nothing while it published nothing."""
    if report.dry_run or report.draft is not None:
        return {}
    for change in report.release.layers if report.release else ():
        if change.layer == layer:
            return asdict(change.counts)
    return {"added": 0, "changed": 0, "removed": 0}


def _both(words: Text) -> dict[str, str]:
    return {"vi": words.vi, "en": words.en}
