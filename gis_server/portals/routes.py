"""Routes of the viewer: its settings for this caller, and its files. Its page is `/`, which it shares with the API."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from gis_server.access.who import Caller
from gis_server.errors import UnknownLayer
from gis_server.portals.assets import Asset
from gis_server.portals.viewer import Viewer, viewer_config
from gis_server.web.answers import is_known, json_answer
from gis_server.web.asking import CatalogDep

FOR_GOOD, FOR_NOW = "public, max-age=31536000, immutable", "public, max-age=300"
router = APIRouter(tags=["viewer"])


@router.get("/viewer.json")
async def get_viewer_config(request: Request, catalog: CatalogDep, view: Caller) -> Response:
    """What the viewer needs before it draws: maps, coordinate grids, the view in force."""
    return json_answer(request, viewer_config(catalog, view))


@router.get("/assets/{path:path}", include_in_schema=False)
async def get_asset(request: Request, path: str) -> Response:
    """A file of the viewer; its address holds its version, so it never needs to be asked for again.

    Pages of others write a library's address without a version, and are led to the one that is installed."""
    viewer: Viewer = request.app.state.viewer
    asset = viewer.assets.files.get(path)
    if asset is None and (today := viewer.assets.today(path)):
        return RedirectResponse(f"../../../{today}", headers={"Cache-Control": FOR_NOW})
    if asset is None:
        raise UnknownLayer("Không có tệp này; hãy tải lại trang.", "There is no such file; reload the page.")
    headers = {"ETag": asset.etag, "Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
    if is_known(request.headers.get("if-none-match"), asset.etag):
        return Response(status_code=304, headers=headers)
    return _packed(request, asset, headers)


def _packed(request: Request, asset: Asset, headers: dict[str, str]) -> Response:
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.body, headers=headers, media_type=asset.media_type)
    return Response(asset.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.media_type)
