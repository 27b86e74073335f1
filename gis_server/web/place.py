"""`place=`: only what lies in an administrative unit of today or of before, by its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from gis_server.access.views import View
from gis_server.catalog import Layer
from gis_server.catalog.places import Place, Places
from gis_server.db.statements import quoted, text
from gis_server.errors import BadRequest
from gis_server.web.asking import Caller, CatalogDep, reading

SQL = Path(__file__).parent / "sql"


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
    """`26740` is the unit in force, or the last that bore the code; `26740@2025-06-30` the one on that day."""
    code, at, written = asked.partition("@")
    day = _day(asked, written) if at else None
    found = [place for place in places.by_code(code[:20]) if day is None or place.in_force(day)]
    if not found:
        raise _refused(asked)
    return found[0]


async def _area(request: Request, catalog: CatalogDep, view: Caller, place: PlaceDep, places: PlacesDep) -> Area | None:
    if place is None:
        return None
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
        f"place = “{shown}”: không có đơn vị nào như vậy. Viết mã (26740), hoặc mã và ngày (26740@2025-06-30).",
        f"place = “{shown}”: there is no such unit. Write a code (26740), or a code and a day (26740@2025-06-30).",
    )


def _nowhere(place: Place) -> BadRequest:
    return BadRequest(
        f"place: máy chủ này chưa có ranh giới của {place.name_vi} ({place.code}), nên không lọc theo đó được.",
        f"place: this server has no outline of {place.name_en} ({place.code}), so nothing can be asked within it.",
    )
