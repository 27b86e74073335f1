"""The grid of an inspected layer in words: what it is, why, how sure that is, and how far off, before and after."""

from collections.abc import Iterator

from gis_server.catalog import CrsBook
from gis_server.catalog.model import Text
from loaders.grid.national import country_of
from loaders.grid.sentences import STATES, whys
from loaders.grid.verdict import Candidate, GridVerdict

NO_COORDINATES = Text(vi="không có tọa độ", en="no coordinates")
CANDIDATES = 3


def by_format(srid: int) -> Text:
    return Text(vi=f"EPSG:{srid} (theo định dạng)", en=f"EPSG:{srid} (by the format)")


def by_columns(srid: int | str) -> Text:
    return Text(vi=f"EPSG:{srid} (theo tên cột)", en=f"EPSG:{srid} (by the names of the columns)")


def grid_words(verdict: GridVerdict, book: CrsBook) -> Text:
    """A verdict on one line in each language; what cannot be told lists the likeliest readings and what to write."""
    state = STATES[verdict.state]
    if verdict.reading is None:
        listed = list(_listed(verdict, book))
        vi, en = "; ".join(one.vi for one in listed), "; ".join(one.en for one in listed)
        return Text(
            vi=f"{state.vi}: hãy ghi `crs:` hoặc --crs. Có thể là: {vi or '–'}",
            en=f"{state.en}: give `crs:` or --crs. Candidates: {en or '–'}",
        )
    title = verdict.reading.title(country_of(book).book)
    chosen = next((one for one in verdict.candidates if one.reading == verdict.reading), None)
    told = Text(
        vi=f"{title.vi}: {state.vi}{_sure(chosen, 'độ tin cậy')}{_off(verdict, 'lệch')}",
        en=f"{title.en}: {state.en}{_sure(chosen, 'confidence')}{_off(verdict, 'off')}",
    )
    if chosen is None or not chosen.evidence:
        return told
    why = whys(chosen)
    return Text(vi=f"{told.vi} ({why.vi})", en=f"{told.en} ({why.en})")


def _listed(verdict: GridVerdict, book: CrsBook) -> Iterator[Text]:
    for one in verdict.candidates[:CANDIDATES]:
        title, why = one.reading.title(country_of(book).book), whys(one)
        yield Text(
            vi=f"{one.reading} ({title.vi}, {one.score:.0%}: {why.vi})",
            en=f"{one.reading} ({title.en}, {one.score:.0%}: {why.en})",
        )


def _sure(chosen: Candidate | None, word: str) -> str:
    return "" if chosen is None else f", {word} {chosen.score:.0%}"


def _off(verdict: GridVerdict, word: str) -> str:
    """Median and 95 % of the distances to the control, as the file says it is and as it is read."""
    if verdict.after is None:
        return ""
    return f", {word} {verdict.before or '–'} → {verdict.after} [{verdict.after.control}]"
