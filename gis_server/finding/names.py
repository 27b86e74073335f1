"""Finds names: as typed, then with other marks, then with typing errors; and the features that bear them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gis_server.db.statements import text
from gis_server.finding.hits import Box, Hit, together
from gis_server.finding.numbers import AFTER_ALL, House
from gis_server.finding.sight import RANK, SQL, Fields, Sight
from gis_server.finding.words import Typed
from gis_server.releases.snapshot import Snapshot

CANDIDATES = 40
MOST_NAMES = 12
MOST_BEARERS = 300
MOST_HOUSES = 6
MOST_OF_A_NAME = 5
LEAST_SIMILAR = 4
"""Letters from which typing errors are looked for."""
LIKENESSES = (0.7, 0.55)
"""Shares of trigrams from which a name is taken for another: a letter left out of a short word needs the second."""
WORDS, SIMILAR = 2, 3
Row = Mapping[str, Any]


async def find_names(snap: Snapshot, sight: Sight, typed: Typed, most: int = MOST_OF_A_NAME) -> list[Hit]:
    """Features by their names as typed; where the marks that were typed fit none, by their letters, as similar.

    `most`: things of one name that are told apart.
    """
    rows = await candidates(snap, sight.names, typed)
    return await _borne(snap, sight, rows[:MOST_NAMES], most)


async def find_similar(snap: Snapshot, sight: Sight, typed: Typed) -> list[Hit]:
    """Features with names that are almost what was typed."""
    rows = await _similar(snap, sight.names, typed)
    return await _borne(snap, sight, rows[:MOST_NAMES], MOST_OF_A_NAME)


async def find_houses(snap: Snapshot, sight: Sight, house: House) -> list[Hit]:
    """Addresses: the number itself, numbers that begin so, else the alley that it lies in."""
    typed = Typed(house.street)
    streets = await candidates(snap, sight.streets, typed) or await _similar(snap, sight.streets, typed)
    known = {row["name_id"]: row for row in streets}
    values = ([*known], house.numbers, *house.begun, *house.neighbours, MOST_HOUSES)
    rows = await snap.conn.fetch(text(SQL, "houses"), *values)
    hits = {(row["fid"]): _house(known[row["name_id"]], row, house) for row in rows}
    return list(hits.values())


async def find_street(snap: Snapshot, sight: Sight, house: House) -> list[Hit]:
    """The street of a number that nobody knows."""
    found = await find_names(snap, sight, Typed(house.street))
    return [replace(hit, tier=max(hit.tier, WORDS), match="nearby") for hit in found if hit.kind == "road"]


async def candidates(snap: Snapshot, seen: Fields, typed: Typed) -> list[Row]:
    """Names that have every word; with other marks only when none has those that were typed."""
    rows = await _having(snap, seen, typed, typed.toned_patterns)
    agreeing = [row for row in rows if typed.agrees(row["toned"])]
    if agreeing or not typed.is_marked:
        return agreeing
    return [{**row, "tier": SIMILAR} for row in await _having(snap, seen, typed, [])]


async def _having(snap: Snapshot, seen: Fields, typed: Typed, toned: Sequence[str]) -> list[Row]:
    if not typed.bare:
        return []
    patterns = [] if typed.is_short else typed.patterns
    words = [f"name.bare LIKE ${place}" for place, _ in enumerate(patterns, 7)] or ["false"]
    marks = [f"(name.toned || ' ') LIKE ${place}" for place, _ in enumerate(toned, 7 + len(patterns))] or ["true"]
    query = text(SQL, "names", words=" AND ".join(words), marks=" AND ".join(marks))
    bounds = typed.folded, typed.folded + AFTER_ALL
    values = (seen.layers, seen.fields, seen.places, *bounds, CANDIDATES, *patterns, *toned)
    rows: list[Row] = await snap.conn.fetch(query, *values)
    return rows


async def _similar(snap: Snapshot, seen: Fields, typed: Typed) -> list[Row]:
    if len(typed.folded) <= LEAST_SIMILAR:
        return []
    values = (seen.layers, seen.fields, seen.places, typed.folded.strip(), CANDIDATES)
    for likeness in LIKENESSES:
        await snap.conn.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {likeness}")
        rows: list[Row] = await snap.conn.fetch(text(SQL, "similar_names"), *values)
        if rows:
            return rows
    return []


async def _borne(snap: Snapshot, sight: Sight, names: Sequence[Row], most: int) -> list[Hit]:
    if not names:
        return []
    known = {row["name_id"]: row for row in names}
    values = ([*known], [row["layer"] for row in known.values()], MOST_BEARERS)
    bearers: dict[int, list[Row]] = {}
    for row in await snap.conn.fetch(sight.bearers, *values):
        bearers.setdefault(row["name_id"], []).append(row)
    return [hit for name, rows in bearers.items() for hit in _hits(sight, known[name], together(rows, most))]


def _hits(sight: Sight, name: Row, bearers: Iterable[tuple[int, Box]]) -> list[Hit]:
    rule = sight.catalog[name["layer"]].file.search
    assert rule is not None
    match = "similar" if name.get("whole") else ""
    hit = Hit(rule.kind, name["tier"], name["place"], name["name"], name["layer"], match=match)
    return [replace(hit, fid=fid, box=box) for fid, box in bearers]


def _house(street: Row, row: Row, house: House) -> Hit:
    """Exact before begun before the alley; the nearer in the alley, the better."""
    number = row["number"]
    if number == house.number:
        tier, match = street["tier"], "similar" if street.get("whole") else ""
    elif row["is_begun"]:
        tier, match = max(1, street["tier"]), ""
    else:
        tier, match = SIMILAR, "nearby"
    title = f"{number.upper()} {street['name']}"
    return Hit("address", tier, RANK["address"], title, street["layer"], row["fid"], match=match)
