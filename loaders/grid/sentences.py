"""What a person reads about a file's grid: why it is refused and what to give, or what was found."""

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.text import Text as Words

from gis_server.catalog import CrsBook
from gis_server.catalog.model import Text
from gis_server.errors import DeliveryUnreadable, LoadRefused, MapError
from gis_server.figures import vietnamese
from loaders.checks.finding import Example, Finding
from loaders.grid.national import country_of
from loaders.grid.reading import FORM
from loaders.grid.verdict import Candidate, GridVerdict, Residual

SHOWN = 4
FILES_SHOWN = 8
CONTRADICTED, UNKNOWN = "CRS-01", "CRS-04"
UNPLACED = {CONTRADICTED, UNKNOWN}
"""Codes of files that nobody can place; why is told in sentences of their own."""
STATES = {
    "found": Text(vi="tìm ra từ bằng chứng", en="found from evidence"),
    "official": Text(
        vi="lưới chính thức của tỉnh, chưa đối chiếu được", en="the province's official grid, not verified"
    ),
    "verified": Text(vi="tệp ghi, đã đối chiếu", en="declared, verified"),
    "declared": Text(vi="tệp ghi, chưa đối chiếu được", en="declared, not verified"),
    "given": Text(vi="người nạp hoặc hồ sơ nạp ghi", en="given"),
    "contradicted": Text(vi="tệp ghi sai", en="declared wrongly"),
    "unknown": Text(vi="chưa rõ", en="unknown"),
}


def refusal(verdicts: Sequence[GridVerdict], book: CrsBook) -> MapError:
    """The error of all files whose grid is contradicted or cannot be told, with the options that settle it."""
    errors = [why_refused(one, book) for one in verdicts]
    if len(errors) == 1:
        return errors[0]
    shown, more = errors[:FILES_SHOWN], max(0, len(errors) - FILES_SHOWN)
    vi, en = (f"\n… và {vietnamese(more)} tệp khác", f"\n… and {more:,} more files") if more else ("", "")
    return LoadRefused(
        "\n".join(one.vi for one in shown) + vi,
        "\n".join(one.en for one in shown) + en,
    )


def why_refused(verdict: GridVerdict, book: CrsBook) -> MapError:
    """What is wrong with one file's grid, and the options that settle it."""
    return _contradicted(verdict, book) if verdict.state == "contradicted" else _unknown(verdict, book)


def _unknown(verdict: GridVerdict, book: CrsBook) -> MapError:
    likely = [one for one in verdict.candidates if one.score > 0] or list(verdict.candidates)
    best = sorted(likely, key=lambda one: one.reading.unshifted or one.reading.mistaken is not None)[:SHOWN]
    listed = _lines(best, book)
    named = ", ".join(f"--crs {one.reading}" for one in best[:2]) or "--crs 9210"
    says = _says(verdict)
    known = ", ".join(str(srid) for srid in sorted(book.known))
    return DeliveryUnreadable(
        f"{UNKNOWN} {verdict.name}: {says.vi}, và bằng chứng không đủ để tự chọn lưới. Nếu biết, hãy chạy lại với "
        f"{named} "
        f"(viết được: {FORM}; các lưới: {known}), hoặc nạp trước địa phận xã và đường bộ để đối chiếu.{listed.vi}",
        f"{UNKNOWN} {verdict.name}: {says.en}, and the evidence cannot tell its grid. If you know it, run again with "
        f"{named} (forms: {FORM}; grids: {known}), or load wards and roads first, to compare with.{listed.en}",
    )


def _says(verdict: GridVerdict) -> Text:
    if verdict.said is None:
        return Text(vi="tệp không ghi hệ tọa độ (thiếu .prj?)", en="does not declare its grid (no .prj?)")
    return Text(vi="tệp ghi một hệ có thể hiểu theo hai cách", en="declares a grid that can be read in two ways")


def _contradicted(verdict: GridVerdict, book: CrsBook) -> MapError:
    said, best = verdict.said, verdict.candidates[0]
    wide = country_of(book).book
    what = said.title(wide) if said is not None else Text(vi="?", en="?")
    other = next((one for one in verdict.candidates if one.reading != said and (one.decided or not best.decided)), best)
    title, listed = other.reading.title(wide), _lines([other], book)
    before, after = verdict.before, verdict.after or other.residual
    vi_before, vi_after = ("–" if one is None else one.vi for one in (before, after))
    return LoadRefused(
        f"{CONTRADICTED} {verdict.name}: tệp ghi {what.vi}, nhưng tọa độ khớp {title.vi}. Lệch so với lớp đối chiếu "
        f"(trung vị / 95 %): {vi_before} như tệp ghi, {vi_after} theo lưới khớp. Chưa nạp gì. Hãy kiểm tra lại với "
        "đơn vị giao nộp; "
        f"rồi chạy lại với --crs {other.reading} (hoặc --crs {said} nếu tệp đúng).{listed.vi}",
        f"{CONTRADICTED} {verdict.name}: the file says {what.en}, but its numbers fit {title.en}. Distance to "
        f"the control (median / 95 %): {before or '–'} as it says, {after or '–'} as it fits. Nothing was loaded. "
        f"Ask the office; then run again with --crs {other.reading} (or --crs {said} if the file is right).{listed.en}",
    )


def _lines(candidates: list[Candidate], book: CrsBook) -> Text:
    """The candidates and why, a line each; readable without the other language."""
    wide = country_of(book).book
    vi = [f"\n  {one.reading}: {one.reading.title(wide).vi}: {whys(one).vi}" for one in candidates]
    en = [f"\n  {one.reading}: {one.reading.title(wide).en}: {whys(one).en}" for one in candidates]
    return Text(vi="".join(vi), en="".join(en))


def whys(one: Candidate) -> Text:
    """What speaks for and against a candidate."""
    return Text(
        vi="; ".join(each.text.vi for each in one.evidence), en="; ".join(each.text.en for each in one.evidence)
    )


def findings(verdict: GridVerdict, book: CrsBook) -> Iterator[Finding]:
    """What stays with the report of a load that goes on, or with the verdict on one that would not."""
    wide = country_of(book).book
    best = verdict.best
    if verdict.refused:
        likely = " / ".join(f"--crs {one.reading}" for one in verdict.candidates[:2])
        yield _finding(verdict, CONTRADICTED if verdict.state == "contradicted" else UNKNOWN, likely)
    if verdict.state == "given" and best is not None and best.decided and best.reading != verdict.reading:
        title = best.reading.title(wide)
        yield _finding(verdict, "CRS-02", f"{title.vi} · {title.en}: {verdict.before} → {best.residual}")
    if verdict.state == "found" and verdict.reading is not None:
        title = verdict.reading.title(wide)
        yield _finding(verdict, "CRS-03", f"{title.vi} · {title.en}: {verdict.before} → {verdict.after}")
    if verdict.state == "official" and verdict.reading is not None:
        title = verdict.reading.title(wide)
        why = whys(next(one for one in verdict.candidates if one.reading == verdict.reading))
        yield _finding(verdict, "CRS-07", f"{title.vi} · {title.en}: {why.vi} · {why.en}")
    if verdict.outside and not verdict.refused:
        yield _finding(verdict, "CRS-05", ", ".join(f"{one.vi} · {one.en}" for one in verdict.outside))
    for note in verdict.notes:
        yield _finding(verdict, "CRS-06", f"{note.vi} · {note.en}")


def _finding(verdict: GridVerdict, code: str, words: str) -> Finding:
    said = str(verdict.reading or verdict.said or "?")
    return Finding(verdict.name, code, None, 1, (Example(said, words, None, None),))


def grid_lines(verdicts: Sequence[GridVerdict]) -> Group:
    """The grids of a load on a screen of 80 columns; many files of one verdict are one line, with the worst of them."""
    groups: dict[tuple[str, str], list[GridVerdict]] = {}
    for verdict in verdicts:
        groups.setdefault((str(verdict.reading or "?"), verdict.state), []).append(verdict)
    lines = [Words("Lưới tọa độ · Grids", style="italic")]
    for (reading, state), members in groups.items():
        worst = max(members, key=lambda one: -1.0 if one.after is None else one.after.median_m)
        more = f" (+{vietnamese(len(members) - 1)})" if len(members) > 1 else ""
        head = Words.assemble((reading, "cyan"), f"  {STATES[state].vi} · {STATES[state].en}: {worst.name}{more}")
        lines.append(head if worst.after is None else head.append(f"\n   {_measured(worst, worst.after)}"))
    return Group(*lines)


def _measured(verdict: GridVerdict, after: Residual) -> str:
    """How far off as the file says it is, and as it is read: median / 95 %."""
    return f"lệch · off {verdict.before or '–'} → {after}  {after.control}"
