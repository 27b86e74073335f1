"""Route of WMTS: ask, answer."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from gis_server.catalog import Layer
from gis_server.releases.snapshot import Snapshot
from gis_server.tiles.grids import WEB, box_in, grids_of
from gis_server.tiles.raster_looks import looks_of
from gis_server.tiles.raster_tilejson import finest_m, raster_zooms
from gis_server.tiles.wmts import NAMES, Shown, capabilities
from gis_server.web.answers import address, validated
from gis_server.web.asking import Caller, CatalogDep, reading
from gis_server.web.state import Bounds, LayerStatesDep

TITLE = "Bản đồ số dùng chung Thành phố Hồ Chí Minh · The shared digital map of Ho Chi Minh City"
router = APIRouter(tags=["tiles"])


@router.get("/wmts/1.0.0/WMTSCapabilities.xml")
async def get_capabilities(request: Request, catalog: CatalogDep, view: Caller, known: LayerStatesDep) -> Response:
    """WMTS 1.0 (REST) of the raster layers: heights, shaded relief, flood depth, imagery, for QGIS and GDAL."""
    layers = [catalog[one] for one in view.layers if catalog[one].file.raster is not None]
    async with reading(request) as snap:
        states = await known.of(snap, view, layers)
        shown = [
            await _shown(request, snap, layer, bounds)
            for layer in layers
            if layer.id in states and (bounds := states[layer.id].bounds)
        ]
    here = address(request, "/wmts/1.0.0/WMTSCapabilities.xml")
    document = capabilities(TITLE, here, grids_of(catalog.crs)[WEB], shown)
    return validated(request, document, "application/xml", {})


async def _shown(request: Request, snap: Snapshot, layer: Layer, bounds: Bounds) -> Shown:
    crs = request.app.state.catalog.crs
    assert layer.file.raster is not None
    return Shown(
        layer,
        [look for look in looks_of(layer.file.raster) if look in NAMES],
        bounds,
        box_in(crs, grids_of(crs)[WEB], bounds),
        raster_zooms(layer, await finest_m(snap, layer)),
        address(request, f"/rasters/{layer.id}/{{Style}}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png"),
    )
