"""Routes of archives that others made: ask, answer."""

from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.errors import ArchiveBroken, UnknownLayer
from gis_server.tiles.address import TileAddress, read_address
from gis_server.tiles.answer import Asked, encoding_of, is_known
from gis_server.tiles.routes import plain_response
from gis_server.tiles.supplied import Archives, Supplied, tilejson_of
from gis_server.tiles.supplied_answer import CACHED, archive_answer, packing_of
from gis_server.web.answers import JSON, Link, address, json_answer, link
from gis_server.web.asking import Caller, View
from gis_server.web.kept_file import KeptFile

PMTILES: Final = "application/vnd.pmtiles"
router = APIRouter(tags=["tiles"])


def _archives(request: Request) -> Archives:
    archives: Archives = request.app.state.archives
    return archives


ArchivesDep = Annotated[Archives, Depends(_archives)]


def _archive(archives: ArchivesDep, view: Caller, archive: str) -> Supplied:
    return archives.find(view, archive)


def _address(z: str, x: str, y: str) -> TileAddress:
    return read_address(z, x, y)


ArchiveDep = Annotated[Supplied, Depends(_archive)]
AddressDep = Annotated[TileAddress, Depends(_address)]


@router.get("/archives")
def get_archives(request: Request, archives: ArchivesDep, view: Caller) -> Response:
    """Tile archives made by others, used beneath the maps: which there are, and whether they are available."""
    return json_answer(request, {"archives": [_item(request, archives, view, name) for name in archives.visible(view)]})


@router.get("/archives/{archive}.pmtiles")
def get_archive_file(request: Request, view: Caller, found: ArchiveDep) -> Response:
    """The archive itself, whole or in ranges: for clients that read PMTiles."""
    headers = {"ETag": f'"{found.etag}"', "Cache-Control": CACHED[view.is_public], "Vary": "Bando-Key, Origin"}
    if is_known(request.headers.get("if-none-match") or "", found.etag):
        return Response(status_code=304, headers=headers)
    return KeptFile(Path(found.file.path), headers, PMTILES)


@router.get("/archives/{archive}")
def get_archive(request: Request, view: Caller, found: ArchiveDep) -> Response:
    """TileJSON 3.0 of a tile archive: address, zooms, bounds, layers, attribution, evidence."""
    return json_answer(request, tilejson_of(found, _tiles(request, found)))


@router.get("/archives/{archive}/{z}/{x}/{y}.{format}")
def get_archive_tile(request: Request, view: Caller, found: ArchiveDep, at: AddressDep, format: str) -> Response:
    """A tile of an archive as it was delivered: MVT, PNG, JPEG or WebP; 204 where there is none."""
    if format != found.rule.format:
        raise UnknownLayer(
            f"Ô của “{found.id}” có đuôi .{found.rule.format}.", f"Tiles of “{found.id}” end in .{found.rule.format}."
        )
    known, accept = (",".join(request.headers.getlist(name)) for name in ("if-none-match", "accept-encoding"))
    asked = Asked(encoding_of(accept, packing_of(found)), known or None, view.is_public)
    return plain_response(archive_answer(found, found.file.tile(at), asked))


def _item(request: Request, archives: Archives, view: View, name: str) -> dict[str, Any]:
    try:
        found: Supplied | None = archives.find(view, name)
    except ArchiveBroken:
        found = None
    links: list[Link] = [
        link(address(request, f"/archives/{name}"), "tilejson", JSON),
        link(address(request, f"/archives/{name}.pmtiles"), "enclosure", PMTILES),
    ]
    rule = archives.rule(name)
    about = {"id": name, "title": rule.title.model_dump(), "steward": rule.steward, "attribution": rule.attribution}
    return {**about, "format": rule.format, "available": found is not None, "links": links}


def _tiles(request: Request, found: Supplied) -> str:
    return address(request, f"/archives/{found.id}/{{z}}/{{x}}/{{y}}.{found.rule.format}")
