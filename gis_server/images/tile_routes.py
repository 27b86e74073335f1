"""Route of maps as picture tiles, for clients that draw no vector tiles: ask, answer. WMTS leads here, too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.catalog import Catalog
from gis_server.errors import UnknownLayer
from gis_server.images.answering import picture_answer
from gis_server.images.asked import read_scheme
from gis_server.images.composing import Wanted
from gis_server.images.furniture import INK
from gis_server.images.job import MEDIA, Format, Job, Tile
from gis_server.web.asking import Caller, View
from gis_server.web.parameters import read_whole, refused
from gis_server.web.when import When, WhenDep

SIDE, HIGHEST = 256, 22
Words = tuple[str, str, str]
router = APIRouter(tags=["images"])


async def _what(map: str, style: str, form: str) -> Words:
    return map, style, form


async def _at(z: str, x: str, y: str) -> Words:
    return z, x, y


WhatDep = Annotated[Words, Depends(_what)]
AtDep = Annotated[Words, Depends(_at)]


@router.get("/maps/{map}/{style}/{z}/{x}/{y}.{form}")
async def get_map_tile(request: Request, view: Caller, what: WhatDep, at: AtDep, when: WhenDep) -> Response:
    """An image tile of 256 pixels (WebMercatorQuad) of a map or layer, in the light or dark scheme."""
    return await drawn_tile(request, view, what, at, when)


async def drawn_tile(request: Request, view: View, what: Words, at: Words, when: When) -> Response:
    """Name, style and format; zoom, column and row, as they were written. A layer is drawn on nothing."""
    name, style, form = what
    catalog: Catalog = request.app.state.catalog
    is_clear = name not in catalog.maps
    wanted = Wanted((name,), (read_scheme(style),), clear=is_clear, tiled=True)
    ground = INK[wanted.schemes[0]][1] if form == "jpg" else ""
    job = Job(read_tile(*at), SIDE, SIDE, form=read_form(form), ground=ground)

    return await picture_answer(request, view, wanted, lambda *_: job, when)


def read_tile(z: str, x: str, y: str) -> Tile:
    zoom = read_number("z", z, HIGHEST)
    return Tile(zoom, *(read_number(name, one, 2**zoom - 1) for name, one in (("x", x), ("y", y))))


def read_form(form: str) -> Format:
    for one in MEDIA:
        if one == form:
            return one
    known = ", ".join(MEDIA)
    raise UnknownLayer(
        f"Không có định dạng ảnh “{form[:20]}”; có: {known}.",
        f"There is no image format “{form[:20]}”; there are: {known}.",
    )


def read_number(name: str, text: str, high: int) -> int:
    found = read_whole(name, text, 0)
    if found > high:
        raise refused(name, text, f"số nguyên từ 0 đến {high}", f"a whole number from 0 to {high}")
    return found
