"""When too much is wrong: the load is refused as a whole, naming what was found, where and how often."""

from collections.abc import Iterator

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text
from gis_server.errors import LoadRefused
from gis_server.figures import vietnamese
from loaders.checks.finding import Finding
from loaders.checks.gate import Gate
from loaders.grid.sentences import UNPLACED
from loaders.report import Report

FINDINGS_NAMED = 12
EXAMPLES_NAMED = 3
EMPTY = Text(
    vi="Lần giao nộp này không có đối tượng nào; dữ liệu đang phục vụ giữ nguyên. Hãy yêu cầu giao nộp lại.",
    en="The delivery has no features at all; what is served stays as it is. Ask for a new delivery.",
)


def judge(gate: Gate, report: Report, share: float, catalog: Catalog) -> list[Text]:
    """Every reason not to publish: the profile's share of wrong rows, a layer's own budget, codes that stop a load."""
    wrong, rows = gate.wrong_rows("error"), report.account.rows
    reasons = []
    if sum(wrong.values()) > share * rows.total():
        total = sum(wrong.values())
        reasons.append(Text(
            vi=f"{vietnamese(total)} trên {vietnamese(rows.total())} dòng có lỗi; hồ sơ nạp chỉ cho phép "
            f"{vietnamese(100 * share, 1)} %.",
            en=f"{total:,} of {rows.total():,} rows have errors; the profile allows {share:.1%}.",
        ))  # fmt: skip
    reasons += _over_budget(rows, catalog, {"errors": wrong, "warnings": gate.wrong_rows("warning")})
    for one in report.findings:
        if gate.codes[one.code].severity == "stop" and one.count > one.waived and one.code not in UNPLACED:
            said = one.examples[0].value if one.examples else ""
            about = gate.codes[one.code]
            reasons.append(Text(vi=f"{one.layer}: {about.vi}: {said}", en=f"{one.layer}: {about.en}: {said}"))
    return reasons


def refusal(gate: Gate, report: Report, reasons: list[Text]) -> LoadRefused:
    """The error that says so, with what was found most."""
    grave = [
        one for one in report.findings if gate.codes[one.code].severity in ("error", "stop") and one.count > one.waived
    ]
    grave = grave or report.findings
    grave.sort(key=lambda one: -one.count)
    listed = "\n".join(_line(one, gate) for one in grave[:FINDINGS_NAMED])
    more = len(grave) - FINDINGS_NAMED
    rest = f"\n  … và {more} phát hiện khác · and {more} more findings" if more > 0 else ""
    return LoadRefused(
        f"Từ chối nạp: {' '.join(one.vi for one in reasons)} Chưa công bố gì.\n{listed}{rest}",
        f"Refused: {' '.join(one.en for one in reasons)} Nothing was published.",
    )


def _over_budget(rows: dict[str, int], catalog: Catalog, wrong: dict[str, dict[str, int]]) -> Iterator[Text]:
    """Layers whose file allows a smaller share than there is."""
    for name, count in rows.items():
        budget = catalog[name].file.budget
        for kind, vi, limit in (("errors", "lỗi", budget.errors), ("warnings", "cảnh báo", budget.warnings)):
            found = wrong[kind].get(name, 0)
            if limit is not None and found > limit * count:
                yield Text(
                    vi=f"{name}: {vietnamese(found)} trên {vietnamese(count)} dòng có {vi}; `budget` của lớp "
                    f"chỉ cho phép {vietnamese(100 * limit, 1)} %.",
                    en=f"{name}: {found:,} of {count:,} rows have {kind}; the layer's `budget` allows {limit:.1%}.",
                )


def _line(one: Finding, gate: Gate) -> str:
    about = gate.codes[one.code]
    examples = "; ".join(
        f"{each.key or '?'}: {each.value or ''}".rstrip(": ") for each in one.examples[:EXAMPLES_NAMED]
    )
    field = f".{one.field}" if one.field else ""
    return f"  {one.code} {one.layer}{field}: {about.vi} · {about.en} ({vietnamese(one.count)}): {examples}"
