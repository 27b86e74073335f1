"""When too much is wrong: the load is refused as a whole, naming what was found, where and how often."""

from gis_server.errors import LoadRefused
from loaders.checks.gate import Finding, Gate
from loaders.report import Report

FINDINGS_NAMED = 12
EXAMPLES_NAMED = 3


def refuse_if_too_many(gate: Gate, report: Report, share: float) -> None:
    """Raises LoadRefused when more than this share of the rows has errors."""
    wrong, rows = gate.wrong_rows(), report.account.rows.total()
    if wrong <= share * rows:
        return
    errors = [one for one in report.findings if gate.codes[one.code].severity == "error"]
    errors.sort(key=lambda one: -one.count)
    listed = "\n".join(_line(one, gate) for one in errors[:FINDINGS_NAMED])
    more = len(errors) - FINDINGS_NAMED
    rest = f"\n  … và {more} phát hiện khác · and {more} more" if more > 0 else ""
    raise LoadRefused(
        f"Từ chối nạp: {wrong:,} trên {rows:,} dòng có lỗi, hồ sơ nạp cho phép {share:.1%}. "
        f"Chưa công bố gì.\n{listed}{rest}",
        f"Refused: {wrong:,} of {rows:,} rows are wrong, the profile lets pass {share:.1%}. Nothing was published.",
    )


def _line(one: Finding, gate: Gate) -> str:
    about = gate.codes[one.code]
    examples = "; ".join(
        f"{each.key or '?'}: {each.value or ''}".rstrip(": ") for each in one.examples[:EXAMPLES_NAMED]
    )
    field = f".{one.field}" if one.field else ""
    return f"  {one.code} {one.layer}{field}: {about.vi} · {about.en} ({one.count:,}): {examples}"
