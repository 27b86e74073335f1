"""What lies under a pixel of a picture tile: WMTS leads here."""

import math

from fastapi import Request
from starlette.responses import Response

from gis_server.images.click import FORMS, MOST, Click, found_under, read_form, some, written
from gis_server.images.frame import HALF_M
from gis_server.images.job import Tile
from gis_server.images.tile_routes import SIDE, read_number, read_tile
from gis_server.web.answers import validated
from gis_server.web.asking import View
from gis_server.web.when import When

Words = tuple[str, ...]


async def tile_info(request: Request, view: View, what: tuple[str, str], at: Words, when: When) -> Response:
    """Name and format; zoom, column, row, and column and row of the pixel, as they were written."""
    name, media = what
    *tile, i, j = at
    pixel = read_number("I", i, SIDE - 1), read_number("J", j, SIDE - 1)
    form = read_form(media)
    features = await found_under(request, view, [name], click_on(read_tile(*tile), pixel), when)
    return validated(request, written(some(features, MOST), form), FORMS[form], {})


def click_on(tile: Tile, pixel: tuple[int, int]) -> Click:
    """The middle of a pixel of a tile of Web Mercator."""
    across, down = (
        (first + (one + 0.5) / SIDE) / 2**tile.z for first, one in zip((tile.x, tile.y), pixel, strict=True)
    )
    north = math.pi * (1 - 2 * down)
    return Click(across * 360 - 180, math.degrees(math.atan(math.sinh(north))), _pixel_m(tile.z) / math.cosh(north))


def _pixel_m(zoom: int) -> float:
    """At the equator."""
    return 2 * HALF_M / SIDE * 0.5**zoom
