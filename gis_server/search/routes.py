"""Routes of search and of reverse geocoding: ask, answer."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.catalog.crs import WGS84
from gis_server.finding.finder import Finder
from gis_server.finding.search import Asked, search
from gis_server.finding.words import read_typed
from gis_server.search.reverse import MOST_RADIUS_M, RADIUS_M, Here, reverse
from gis_server.web.answers import json_answer
from gis_server.web.asking import Caller, CatalogDep, reading
from gis_server.web.parameters import read_limit, read_number
from gis_server.web.place import PlaceDep

LIMIT, MOST = 10, 50
router = APIRouter(tags=["search"])


async def _finder(request: Request) -> Finder:
    found: Finder = request.app.state.finder
    return found


FinderDep = Annotated[Finder, Depends(_finder)]


async def _asked(finder: FinderDep, place: PlaceDep, q: str | None = None, limit: str | None = None) -> Asked:
    within = (finder.book.ground([place]),) if place else ()
    return Asked(read_typed(q), read_limit(limit, LIMIT, MOST), within)


@router.get("/search")
async def get_search(
    request: Request, view: Caller, finder: FinderDep, asked: Annotated[Asked, Depends(_asked)]
) -> Response:
    """Find parcels, addresses, roads, places, units old and new, facilities, codes, coordinates; best match first."""
    async with reading(request) as snap:
        results = await search(snap, finder.sight(view), finder.book, asked)
    return json_answer(request, {"q": asked.typed.text, "release": snap.release, "results": results})


async def _here(catalog: CatalogDep, lon: str | None = None, lat: str | None = None, radius: str | None = None) -> Here:
    x, y = read_number("lon", lon, -180, 180), read_number("lat", lat, -90, 90)
    radius_m = RADIUS_M if radius is None else read_number("radius", radius, 0, MOST_RADIUS_M)
    east, north = catalog.crs.transform(np.array([[x, y]]), WGS84, catalog.crs.stored)[0]
    west, south, most_east, most_north = catalog.crs.file.extent
    is_inside = bool(west <= east <= most_east and south <= north <= most_north)
    return Here(x, y, float(east), float(north), radius_m, is_inside)


@router.get("/reverse")
async def get_reverse(
    request: Request, view: Caller, finder: FinderDep, here: Annotated[Here, Depends(_here)]
) -> Response:
    """Where a point is: units of both eras, parcel, address, road, and named places nearby."""
    async with reading(request) as snap:
        found = await reverse(snap, finder.sight(view), here)
    return json_answer(request, found)
