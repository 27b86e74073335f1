"""`place=`: only what lies in an administrative unit of today or of before, by its code or its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.names import bare
from gis_server.catalog.places import Place, Places
from gis_server.db.statements import quoted, text
from gis_server.errors import BadRequest
from gis_server.releases.snapshot import Snapshot
from gis_server.web.asking import Caller, CatalogDep, reading

SQL = Path(__file__).parent / "sql"
LONGEST = 80
"""Letters of a name."""
MOST_TOLD = 6


@dataclass(frozen=True)
class Area:
    """A unit, and the served features that outline it: its own, or those of the units that it became."""

    place: Place
    rows: str
    """What a FROM takes as the rows of the layer of units."""
    fids: tuple[int, ...]
    is_own: bool


async def _places(request: Request) -> Places:
    places: Places = request.app.state.places
    return places


PlacesDep = Annotated[Places, Depends(_places)]


async def _place(places: PlacesDep, place: str | None = None) -> Place | None:
    return None if place is None else read_place(places, place)


PlaceDep = Annotated[Place | None, Depends(_place)]


def read_place(places: Places, asked: str) -> Place:
    """`26740` or `Phường 1, Quận 3` is the unit in force, or the last that bore the code; with `@2025-06-30` the one on
    that day. Of a name that several bear, all are told."""
    named, at, written = asked.partition("@")
    day = _day(asked, written) if at else None
    found = [place for place in places.by_code(named[:20]) if day is None or place.in_force(day)]
    if found:
        return found[0]
    called = [place for place in _called(places, named[:LONGEST]) if day is None or place.in_force(day)]
    likely = [place for place in called if place.valid_to is None] or called
    if len(likely) != 1:
        raise _several(places, asked, likely) if likely else _refused(asked)
    return likely[0]


def _called(places: Places, words: str) -> list[Place]:
    """Units of a name, and of a unit above when it follows after a comma."""
    name, _, above = (part.strip() for part in words.partition(","))
    found = places.by_name(name) if name else []
    if not above:
        return found
    parents = {place: places.parent(place) for place in found}
    return [
        place
        for place, parent in parents.items()
        if parent is not None and bare(above) in (bare(parent.name_vi), bare(parent.short_name))
    ]


async def _area(request: Request, catalog: CatalogDep, view: Caller, place: PlaceDep, places: PlacesDep) -> Area | None:
    return None if place is None else await area_of(request, catalog, view, places, place)


async def area_of(request: Request, catalog: Catalog, view: View, places: Places, place: Place) -> Area:
    """The unit with its outline, or with those of what it became; the answer will say which."""
    layers = [catalog[one] for one in view.layers]
    area = await _outlined(request, view, place, [layer for layer in layers if _is_of_units(layer)])
    heirs = [one.place for one in places.successors(place)]
    for heir in heirs if area is None else ():
        found = await _outlined(request, view, heir, [layer for layer in layers if _is_of_units(layer)])
        if found is None:
            raise _nowhere(heir)
        area = Area(place, found.rows, (*(area.fids if area else ()), *found.fids), is_own=False)
    if area is None:
        raise _nowhere(place)
    era = f"until={place.valid_to}" if place.valid_to else f"since={place.valid_from}"
    request.state.place = f"{place.code}; {era}; outline={'own' if area.is_own else 'successors'}"
    return area


AreaDep = Annotated[Area | None, Depends(_area)]


async def outline_of(snap: Snapshot, area: Area) -> bytes:
    """The ground of an area as one shape (WKB, stored grid)."""
    found: bytes = await snap.conn.fetchval(text(SQL, "area_outline", rows=area.rows), list(area.fids))
    return found


def within_outline(geometry: str, outline: str) -> str:
    """The condition on a geometry; `outline` is where the outline is bound."""
    return text(SQL, "within_outline", geometry=geometry, outline=outline)


def within_area(area: Area, fids: str) -> str:
    """The condition on `served`; `fids` is where the fids of the area are bound."""
    return text(SQL, "within_area", rows=area.rows, fids=fids)


def _is_of_units(layer: Layer) -> bool:
    return layer.file.search is not None and layer.file.search.unit is not None


async def _outlined(request: Request, view: View, place: Place, layers: Sequence[Layer]) -> Area | None:
    for layer in layers:
        rule, time = layer.file.search, layer.file.time
        if not rule or not rule.unit or not time or not {rule.unit, time.until} <= view.fields[layer.id]:
            continue
        query = text(SQL, "outline", rows=view.rows(layer), code=quoted(rule.unit), until=quoted(time.until))
        async with reading(request) as snap:
            rows = await snap.conn.fetch(query, place.code, place.valid_to is not None)
        if rows:
            return Area(place, view.rows(layer), tuple(row["fid"] for row in rows), is_own=True)
    return None


def _day(asked: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise _refused(asked) from None


def _refused(asked: str) -> BadRequest:
    shown = asked[:40]
    return BadRequest(
        f"place = “{shown}”: không có đơn vị hành chính này. Viết mã (26740) hoặc tên (Phường 1, Quận 3), "
        "thêm ngày nếu cần (26740@2025-06-30).",
        f"place = “{shown}”: there is no such administrative unit. Write a code (26740) or a name (Phường 1, Quận "
        "3), with a day if "
        "need be (26740@2025-06-30).",
    )


def _several(places: Places, asked: str, found: Sequence[Place]) -> BadRequest:
    shown = "; ".join(_whole_name(places, place) for place in found[:MOST_TOLD]) + ("; …" * (len(found) > MOST_TOLD))
    return BadRequest(
        f"place = “{asked[:40]}”: có nhiều đơn vị hành chính cùng tên; hãy dùng mã: {shown}.",
        f"place = “{asked[:40]}”: several units are called so, give the code: {shown}.",
    )


def _whole_name(places: Places, place: Place) -> str:
    parent = places.parent(place)
    code = f"{place.code}@{place.valid_to}" if place.valid_to else place.code
    return f"{place.name_vi}{f', {parent.name_vi}' if parent else ''} ({code})"


def _nowhere(place: Place) -> BadRequest:
    return BadRequest(
        f"place: máy chủ này chưa có ranh giới của {place.name_vi} ({place.code}), nên không lọc theo đó được.",
        f"place: this server has no outline of {place.name_en} ({place.code}), so nothing can be asked within it.",
    )
