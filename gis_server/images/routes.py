"""Routes of map pictures: ask, answer."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text
from gis_server.images.answering import picture_answer
from gis_server.images.asked import LookDep, PlaceDep, SizeDep, read_frame
from gis_server.images.composing import Composition, Wanted
from gis_server.images.frame import Frame, camera_of, scaled
from gis_server.images.furniture import Board, furniture
from gis_server.images.job import Format, Job
from gis_server.images.subjects import States, told_of
from gis_server.images.tile_routes import read_form
from gis_server.web.asking import Caller, CatalogDep

router = APIRouter(tags=["images"])


async def _form(form: str) -> Format:
    return read_form(form)


@dataclass(frozen=True)
class Sheet:
    """Which map, where, and how big."""

    map: str
    frame: Frame
    ratio: int


async def _sheet(catalog: CatalogDep, map: str, place: PlaceDep, size: SizeDep) -> Sheet:
    return Sheet(map, *read_frame(catalog, map, place, size))


@router.get("/maps/{map}.{form}")
async def get_map_picture(
    request: Request,
    view: Caller,
    form: Annotated[Format, Depends(_form)],
    sheet: Annotated[Sheet, Depends(_sheet)],
    look: LookDep,
) -> Response:
    """An image of a map or layer, for reports and for clients without WebGL; sources and date are written on it.

    `release`: a number, a day or an instant of the past.
    """
    catalog: Catalog = request.app.state.catalog
    frame, ratio = sheet.frame, sheet.ratio
    camera, mesh = camera_of(catalog.crs, frame)

    def planned(drawn: Composition, states: States) -> Job:
        told = told_of(title_of(catalog, sheet.map), drawn.thanks, states, frame.pixel_m(catalog.crs))
        overlay = furniture(Board(frame.width, frame.height, look.scheme, look.marks), told)
        return Job(camera, frame.width, frame.height, ratio, form, scaled(mesh, ratio), overlay, look.paper)

    return await picture_answer(request, view, Wanted((sheet.map,), (look.scheme,), look.layers), planned, look.when)


def title_of(catalog: Catalog, name: str) -> Text:
    return catalog.maps[name].title if name in catalog.maps else catalog[name].file.title
