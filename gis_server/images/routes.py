"""Routes of map pictures: ask, answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text
from gis_server.errors import UnknownLayer
from gis_server.images.answering import picture_answer
from gis_server.images.asked import LookDep, PlaceDep, SizeDep, read_frame
from gis_server.images.composing import Wanted
from gis_server.images.frame import camera_of, scaled
from gis_server.images.furniture import Board, furniture
from gis_server.images.job import MEDIA, Format, Job
from gis_server.images.subjects import States, told_of
from gis_server.web.asking import Caller, CatalogDep

router = APIRouter(tags=["images"])


async def _form(form: str) -> Format:
    for one in MEDIA:
        if one == form:
            return one
    known = ", ".join(MEDIA)
    raise UnknownLayer(
        f"Không có dạng ảnh “{form[:20]}”; có: {known}.", f"There is no picture format “{form[:20]}”; these are: {known}."
    )


@router.get("/maps/{map}.{form}")
async def get_map_picture(
    request: Request,
    catalog: CatalogDep,
    view: Caller,
    map: str,
    form: Annotated[Format, Depends(_form)],
    place: PlaceDep,
    size: SizeDep,
    look: LookDep,
) -> Response:
    """A picture of a map or layer, for reports and for clients without WebGL: its sources and age are written on it."""
    frame, ratio = read_frame(catalog, map, place, size)

    def planned(states: States) -> Job:
        camera, mesh = camera_of(catalog.crs, frame)
        overlay = furniture(
            Board(frame.width, frame.height, look.scheme, look.marks),
            told_of(title_of(catalog, map), states, frame.pixel_m(catalog.crs)),
        )
        return Job(camera, frame.width, frame.height, ratio, form, scaled(mesh, ratio), overlay, look.paper)

    return await picture_answer(request, view, Wanted((map,), (look.scheme,), look.layers), planned)


def title_of(catalog: Catalog, name: str) -> Text:
    return catalog.maps[name].title if name in catalog.maps else catalog[name].file.title
