"""The search: every reading of what was typed is looked up, ranked together, and described."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gis_server.catalog.crs import WGS84
from gis_server.catalog.names import toned
from gis_server.finding import exact
from gis_server.finding.coordinates import read_coordinates
from gis_server.finding.habits import spelled_out, without_keys
from gis_server.finding.hits import CELL_M, Box, Hit, box_of
from gis_server.finding.names import MOST_OF_A_NAME, find_houses, find_names, find_similar, find_street
from gis_server.finding.numbers import House, read_house, read_parcels
from gis_server.finding.sight import Sight
from gis_server.finding.units import PAST, UnitBook
from gis_server.finding.words import Typed
from gis_server.releases.snapshot import Snapshot

MOST_TAIL = 5
"""Words at the end of a text that may name where it is: “le loi quan 1”."""
BEGINS = 1
"""The last tier that nobody takes for a mistake."""
ENOUGH = 5
"""So many names that have all the words are not taken for typing errors."""
SPARE = 3
"""So many times the results that are asked for are described, since some turn out to be the same or elsewhere."""
ANYWHERE = 60
"""The same, and things of one name, where only those in some place are wanted."""
Within = tuple[frozenset[str], ...]
"""The grounds on which a thing must lie, all of them."""
Found = tuple[Hit, Mapping[str, Any] | None]
"""A hit with what is told of it, when it is a served feature."""


@dataclass(frozen=True)
class Asked:
    """What was typed, how many results are wanted, and where they must lie."""

    typed: Typed
    limit: int
    within: Within = ()
    are_merged: bool = True
    """Whether things of one name side by side are one: to a person they are, to an office they may not be."""


async def search(snap: Snapshot, sight: Sight, book: UnitBook, asked: Asked) -> list[dict[str, Any]]:
    """Results, best first."""
    return [_result(sight, hit, row) for hit, row in await _found(snap, sight, book, asked)]


async def _found(snap: Snapshot, sight: Sight, book: UnitBook, asked: Asked) -> list[Found]:
    """What was typed; if nothing is or begins so, a name with where it is, and what is almost so."""
    points = read_coordinates(asked.typed.text, sight.catalog.crs)
    if points:
        return await _seen(snap, sight, asked, list(exact.points(sight, points)))
    plain = replace(asked, typed=Typed(spelled_out(asked.typed.text)))
    hits = [*await _numbered(snap, sight, book, asked, plain), *await _named(snap, sight, book, plain)]
    if plain != asked:
        hits += await _named(snap, sight, book, asked)
    found = await _seen(snap, sight, asked, hits)
    if len(found) >= ENOUGH or _are_sure(found):
        return found
    for again in _readings(book, plain):
        elsewhere = await _seen(snap, sight, again, await _names(snap, sight, again))
        if elsewhere:
            return elsewhere
    return await _guessed(snap, sight, book, plain, hits)


async def _guessed(snap: Snapshot, sight: Sight, book: UnitBook, plain: Asked, hits: Sequence[Hit]) -> list[Found]:
    """What was meant by letters that the keyboard left, else what is almost so."""
    meant = replace(plain, typed=Typed(spelled_out(without_keys(plain.typed.text))))
    if meant.typed.bare != plain.typed.bare:
        keyed = [*await _numbered(snap, sight, book, meant, meant), *await _named(snap, sight, book, meant)]
        found = await _seen(snap, sight, plain, [replace(hit, match=hit.match or "similar") for hit in keyed])
        if _are_sure([(hit, row) for hit, row in found if hit.tier <= BEGINS]):
            return found
    return await _seen(snap, sight, plain, [*hits, *await _similar(snap, sight, book, plain.typed)])


def _are_sure(found: Sequence[Found]) -> bool:
    return any(hit.tier <= BEGINS or hit.match for hit, _ in found)


async def _numbered(snap: Snapshot, sight: Sight, book: UnitBook, asked: Asked, plain: Asked) -> list[Hit]:
    """A code is what was typed; in a parcel's or a house's place abbreviations are spelled out."""
    hits = [hit for one in read_parcels(plain.typed.text) for hit in await exact.find_parcels(snap, sight, book, one)]
    hits += await exact.find_codes(snap, sight, asked.typed.text)
    for house, within in _houses(book, plain.typed.text):
        found = await find_houses(snap, sight, house) or await find_street(snap, sight, house)
        hits += [replace(hit, extra={"within": within}) for hit in found]
        if found:
            break
    return hits


async def _named(snap: Snapshot, sight: Sight, book: UnitBook, asked: Asked) -> list[Hit]:
    units = await exact.find_units(snap, sight, book, book.find(asked.typed))
    return [*units, *await _names(snap, sight, asked)]


async def _names(snap: Snapshot, sight: Sight, asked: Asked) -> list[Hit]:
    most = ANYWHERE if asked.within else MOST_OF_A_NAME
    return await find_names(snap, sight, asked.typed, most)


async def _similar(snap: Snapshot, sight: Sight, book: UnitBook, typed: Typed) -> list[Hit]:
    units = await exact.find_units(snap, sight, book, book.similar(typed))
    return [*units, *await find_similar(snap, sight, typed)]


def _houses(book: UnitBook, text: str) -> Iterator[tuple[House, Within]]:
    """A house with the communes it must lie in, said after a comma or by the last words."""
    house = read_house(text)
    if house is None:
        return
    yield house, _where(book, house.where)
    for street, within in _tails(book, house.street):
        yield House(house.number, street, ""), within


def _readings(book: UnitBook, asked: Asked) -> Iterator[Asked]:
    """A name, and where it is: “Lê Lợi, Quận 1”."""
    head, comma, where = asked.typed.text.partition(",")
    if comma and head.strip() and (within := _where(book, where)):
        yield replace(asked, typed=Typed(head.strip()), within=within)
    for name, within in _tails(book, asked.typed.text):
        yield replace(asked, typed=Typed(name), within=within)


def _tails(book: UnitBook, text: str) -> Iterator[tuple[str, Within]]:
    words = text.replace(",", " ").split()
    for count in range(min(MOST_TAIL, len(words) - 1), 0, -1):
        if units := book.named(" ".join(words[-count:])):
            yield " ".join(words[:-count]), (book.ground(units),)


def _where(book: UnitBook, text: str) -> Within:
    """The units that a text names between its commas."""
    return tuple(book.ground(units) for part in text.split(",") if (units := book.named(part.strip())))


async def _seen(snap: Snapshot, sight: Sight, asked: Asked, hits: Sequence[Hit]) -> list[Found]:
    """The best of the hits that the view sees and that lie where they must, each thing once."""
    spare = ANYWHERE if asked.within else SPARE
    ranked = _each_once(hits)[: asked.limit * spare]
    served = [hit for hit in ranked if hit.fid is not None]
    values = ([hit.fid for hit in served], list({hit.layer for hit in served}))
    rows = await snap.conn.fetch(sight.described, *values) if served else []
    about = {(row["layer"], row["fid"]): row for row in rows}
    kept = [(hit, about.get((str(hit.layer), hit.fid or 0))) for hit in ranked]
    inside = [(hit, row) for hit, row in kept if _is_inside(hit, row, asked.within)]
    return (_once(inside) if asked.are_merged else inside)[: asked.limit]


def _each_once(hits: Sequence[Hit]) -> list[Hit]:
    """Best first; what was found in two writings, in the better."""
    best: dict[Any, Hit] = {}
    for hit in sorted(hits, key=lambda hit: hit.order):
        best.setdefault((hit.layer, hit.fid, hit.title, str(hit.extra) if hit.fid is None else ""), hit)
    return list(best.values())


def _is_inside(hit: Hit, row: Mapping[str, Any] | None, within: Within) -> bool:
    """Served rows that the view does not see are not there; where no unit is known, nothing speaks against a hit."""
    if hit.fid is not None and row is None:
        return False
    wanted = [*within, *hit.extra.get("within", ())]
    if hit.kind == "unit":
        return not any(ground.isdisjoint(hit.extra["ground"]) for ground in wanted)
    units = frozenset(row["units"] or ()) if row is not None else frozenset()
    return not any(_is_outside(units, ground) for ground in wanted)


def _is_outside(units: frozenset[str], ground: frozenset[str]) -> bool:
    """In other units of the same level and era; where nothing is known of such units, nothing speaks against a hit."""
    comparable = {(len(key), key[-1] == PAST) for key in ground}
    return units.isdisjoint(ground) and any((len(key), key[-1] == PAST) in comparable for key in units)


def _once(found: Sequence[Found]) -> list[Found]:
    """A school that is a building and a facility, side by side, is one school."""
    seen: list[tuple[str, float, float]] = []
    kept = []
    for hit, row in found:
        name = f"{toned(hit.title)} {hit.extra.get('parcel', '')}"
        if row is not None and any(name == other and _near(row, x, y) for other, x, y in seen):
            continue
        if row is not None:
            seen.append((name, row["x"], row["y"]))
        kept.append((hit, row))
    return kept


def _near(row: Mapping[str, Any], x: float, y: float) -> bool:
    return bool(abs(row["x"] - x) < CELL_M and abs(row["y"] - y) < CELL_M)


def _result(sight: Sight, hit: Hit, row: Mapping[str, Any] | None) -> dict[str, Any]:
    box = hit.box or (box_of(row) if row is not None else None)
    found = {
        "kind": hit.kind, "match": hit.told, "title": hit.title, "detail": _detail(sight, hit, row),
        "point": _point(sight, row, box), "bbox": _degrees(sight, box) if box else None,
        **{name: hit.extra[name] for name in ("place", "parcel", "srid") if name in hit.extra},
    }  # fmt: skip
    if row is None:
        return found
    unit = {"code": row["unit"], "name": row["unit_name"]} if row["unit"] else None
    source = {"id": row["source"], "vi": row["title_vi"], "en": row["title_en"]}
    return {**found, "layer": hit.layer, "fid": hit.fid, "unit": unit, "source": source,
            "synthetic": row["synthetic"], "release": row["born"]}  # fmt: skip


def _detail(sight: Sight, hit: Hit, row: Mapping[str, Any] | None) -> dict[str, str]:
    if "detail" in hit.extra:
        return dict(hit.extra["detail"])
    title = sight.catalog[str(hit.layer)].file.title
    where = f" · {row['unit_name']}" if row is not None and row["unit_name"] else ""
    return {"vi": title.vi + where, "en": title.en + where}


def _point(sight: Sight, row: Mapping[str, Any] | None, box: Box | None) -> list[float] | None:
    """Of a gathering the point on its most central feature; of a unit the middle of its box."""
    if row is not None:
        return _degrees(sight, (row["x"], row["y"], row["x"], row["y"]))[:2]
    return _degrees(sight, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) * 2)[:2] if box else None


def _degrees(sight: Sight, box: Box) -> list[float]:
    """A box of the stored grid around its corners in WGS 84."""
    west, south, east, north = box
    corners = np.array([[west, south], [east, south], [east, north], [west, north]])
    moved = sight.catalog.crs.transform(corners, sight.catalog.crs.stored, WGS84)
    low, high = moved.min(axis=0), moved.max(axis=0)
    return [round(float(value), 7) for value in (*low, *high)]
