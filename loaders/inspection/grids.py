"""The grid of an inspected layer in words: what it is, why, how sure that is, and how far off, before and after."""

from collections.abc import Iterator

from gis_server.catalog import CrsBook
from gis_server.catalog.model import Text
from loaders.grid.national import country_of
from loaders.grid.sentences import STATES, whys
from loaders.grid.verdict import Candidate, GridVerdict

NO_COORDINATES = Text(vi="không có tọa độ", en="no coordinates")
CANDIDATES = 3
UNLIKELY = 0.01


def by_format(srid: int) -> Text:
    return Text(vi=f"EPSG:{srid} (theo định dạng)", en=f"EPSG:{srid} (by the format)")


def by_columns(srid: int | str) -> Text:
    return Text(vi=f"EPSG:{srid} (theo tên cột)", en=f"EPSG:{srid} (by the names of the columns)")


def grid_words(verdict: GridVerdict, book: CrsBook) -> Text:
    """A verdict in each language; what cannot be told lists the likeliest readings, a line each, and what to write."""
    state = STATES[verdict.state]
    if verdict.reading is None:
        listed = list(_listed(verdict, book))
        vi, en = "".join(f"\n{one.vi}" for one in listed), "".join(f"\n{one.en}" for one in listed)
        return Text(
            vi=f"{state.vi}: hãy ghi `crs:` hoặc --crs. Có thể là:{vi or ' –'}",
            en=f"{state.en}: give `crs:` or --crs. Candidates:{en or ' –'}",
        )
    title = verdict.reading.title(country_of(book).book)
    chosen = next((one for one in verdict.candidates if one.reading == verdict.reading), None)
    told = Text(
        vi=f"{title.vi}: {state.vi}{_sure(chosen, 'độ tin cậy')}{_off(verdict, 'lệch', vietnamese_words=True)}",
        en=f"{title.en}: {state.en}{_sure(chosen, 'confidence')}{_off(verdict, 'off')}",
    )
    if chosen is None or not chosen.evidence:
        return told
    why = whys(chosen)
    return Text(vi=f"{told.vi} ({why.vi})", en=f"{told.en} ({why.en})")


def _listed(verdict: GridVerdict, book: CrsBook) -> Iterator[Text]:
    likely = [one for one in verdict.candidates if one.score >= UNLIKELY] or list(verdict.candidates)
    for one in likely[:CANDIDATES]:
        title, why = one.reading.title(country_of(book).book), whys(one)
        yield Text(
            vi=f"{one.reading} {one.score:.0%}: {title.vi}; {why.vi}",
            en=f"{one.reading} {one.score:.0%}: {title.en}; {why.en}",
        )


def _sure(chosen: Candidate | None, word: str) -> str:
    return "" if chosen is None else f", {word} {chosen.score:.0%}"


def _off(verdict: GridVerdict, word: str, *, vietnamese_words: bool = False) -> str:
    """Median and 95 % of the distances to the control, as the file says it is and as it is read."""
    if verdict.after is None:
        return ""
    before, after = (one and (one.vi if vietnamese_words else str(one)) for one in (verdict.before, verdict.after))
    return f", {word} {before or '–'} → {after} [{verdict.after.control}]"
