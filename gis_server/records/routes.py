"""Routes of the catalogue, of administrative units and of the service's health: ask, answer."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.catalog.places import Places
from gis_server.errors import BadRequest, Busy
from gis_server.records.catalogue import catalogue
from gis_server.records.changes import Feed, Span, changes, read_feed
from gis_server.records.overview import MOST_FEATURES, overview
from gis_server.records.places import units_of
from gis_server.web.answers import JSON, address, json_answer, link, wants_html
from gis_server.web.asking import Caller, CatalogDep, reading
from gis_server.web.pages import page
from gis_server.web.place import AreaDep
from gis_server.web.state import LayerStatesDep

PAGES = Path(__file__).parent / "pages"
CITY_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
router = APIRouter(tags=["records"])


@router.get("/catalogue")
async def get_catalogue(request: Request, catalog: CatalogDep, view: Caller, known: LayerStatesDep) -> Response:
    """The layer tree of the caller's view: titles, counts, dates, scale, evidence, sources, fields, code lists."""
    async with reading(request) as snap:
        states = await known.of(snap, view, [catalog[one] for one in view.layers])
    return json_answer(request, catalogue(catalog, view, states, snap.release))


async def _layers(view: Caller, catalog: CatalogDep, layer: str | None = None) -> list[str]:
    return list(view.layers) if layer is None else [view.layer(catalog, layer).id]


async def _span(since: str | None = None, until: str | None = None) -> Span:
    return since, until


async def _page(limit: str | None = None, cursor: str | None = None) -> Span:
    return limit, cursor


async def _feed(
    layers: Annotated[list[str], Depends(_layers)],
    span: Annotated[Span, Depends(_span)],
    page: Annotated[Span, Depends(_page)],
    area: AreaDep,
) -> Feed:
    return read_feed(layers, span, page, area)


FeedDep = Annotated[Feed, Depends(_feed)]


@router.get("/changes")
async def get_changes(
    request: Request, catalog: CatalogDep, view: Caller, feed: FeedDep, f: str | None = None
) -> Response:
    """Features that each release after `since` added, changed and removed, by number (fid); `next` leads on."""
    if wants_html(request, f):
        return await _changes_page(request, catalog, view, feed)
    async with reading(request) as snap:
        found, onward = await changes(snap, catalog, view, feed)
    asked = {name: value for name, value in request.query_params.items() if name != "key"}
    links = [link(address(request, "/changes", **asked), "self", JSON)]
    if onward is not None:
        links.append(link(address(request, "/changes", **{**asked, "cursor": str(onward)}), "next", JSON))
    return json_answer(request, {"since": feed.since, "release": snap.release, "releases": found, "links": links})


async def _changes_page(request: Request, catalog: Catalog, view: View, feed: Feed) -> Response:
    async with reading(request) as snap:
        found = await overview(snap, catalog, view, feed)
    asked = {name: value for name, value in request.query_params.items() if name not in ("key", "until", "f")}
    layer = asked.get("layer")
    older = address(request, "/changes", **asked, until=found.older, f="html") if found.older else None
    content = {
        "overview": found, "layer": catalog[layer] if layer else None, "release": snap.release, "older": older,
        "area": feed.area, "asked_place": asked.get("place"),
        "newest": address(request, "/changes", **asked, f="html"), "newest_page": feed.until >= snap.release,
        "city_time": CITY_TIME, "most": MOST_FEATURES,
    }  # fmt: skip
    return page(request, PAGES, "changes", content)


async def _places(request: Request) -> Places:
    places: Places = request.app.state.places
    return places


async def _day(on: str | None = None) -> date | None:
    if on is None:
        return None
    try:
        if DAY.fullmatch(on):
            return date.fromisoformat(on)
    except ValueError:
        pass
    raise BadRequest(
        f"on = “{on[:20]}” không phải là ngày; viết như 2025-07-01.",
        f"on = “{on[:20]}” is not a date; write it as 2025-07-01.",
    )


@router.get("/places/{code}")
async def get_place(
    request: Request,
    view: Caller,
    code: str,
    places: Annotated[Places, Depends(_places)],
    day: Annotated[date | None, Depends(_day)],
) -> Response:
    """Administrative units of any era with that code (26740 was one ward and is another), and their crosswalk."""
    return json_answer(request, {"code": code, "units": units_of(places, code, day)})


@router.get("/health")
async def get_health(request: Request, view: Caller) -> Response:
    """Whether the service and its database answer, the newest release, and the caller's view."""
    try:
        async with reading(request) as snap:
            found, status, release = "ok", 200, snap.release
    except Busy:
        found, status, release = "away", 503, request.app.state.release
    body = orjson.dumps({"database": found, "release": release, "view": view.name})
    return Response(body, status, headers={"Cache-Control": "no-store"}, media_type=JSON)
