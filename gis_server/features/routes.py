"""Routes of OGC API Features and of identify: ask, answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.features import pages
from gis_server.features.asked import F
from gis_server.features.collections import SCHEMA, collection, describe
from gis_server.features.filters import filterable
from gis_server.features.here import LayerDep
from gis_server.features.identify import DEFAULT_RADIUS_M, MOST_RADIUS_M, Over, identify, layers_asked, spot_of
from gis_server.features.landing import CONFORMS_TO, EDITS_CONFORM_TO
from gis_server.features.means import KnownDep
from gis_server.features.schema import feature_schema, geojson_schema, queryables, sortables
from gis_server.features.sorting import sortable
from gis_server.web.answers import HTML, JSON, address, json_answer, link, wants_html
from gis_server.web.asking import Caller, CatalogDep, reading
from gis_server.web.pages import page
from gis_server.web.parameters import read_number
from gis_server.web.place import AreaDep, outline_of

PAGES = Path(__file__).parent / "pages"
router = APIRouter(tags=["features"])


@router.get("/conformance")
async def get_conformance(request: Request, view: Caller, f: F = None) -> Response:
    """Which conformance classes this service satisfies."""
    classes = CONFORMS_TO + (EDITS_CONFORM_TO if request.app.state.editor is not None else ())
    if wants_html(request, f):
        return page(request, PAGES, "conformance", {"classes": classes})
    return json_answer(request, {"conformsTo": classes})


@router.get("/collections")
async def get_collections(
    request: Request, catalog: CatalogDep, view: Caller, known: KnownDep, f: F = None
) -> Response:
    """Every layer that the caller may see."""
    async with reading(request) as snap:
        found = await describe(snap, view, [catalog[one] for one in view.layers], known)
    if wants_html(request, f):
        return page(request, PAGES, "collections", {"themes": pages.by_theme(catalog, found)})
    links = [
        link(address(request, "/collections", f="json"), "self", JSON),
        link(address(request, "/collections", f="html"), "alternate", HTML),
    ]
    return json_answer(request, {"links": links, "collections": [collection(request, catalog, one) for one in found]})


@router.get("/collections/{collectionId}")
async def get_collection(
    request: Request, catalog: CatalogDep, layer: LayerDep, known: KnownDep, f: F = None
) -> Response:
    """One layer: its description, spatial and temporal extent, and coordinate reference systems."""
    async with reading(request) as snap:
        (found,) = await describe(snap, request.state.view, [layer], known)
    if wants_html(request, f):
        content = {"layer": layer, "state": found.state, "fields": pages.fields(catalog, layer, request.state.view)}
        return page(request, PAGES, "collection", content)
    return json_answer(request, collection(request, catalog, found))


@router.get("/collections/{collectionId}/schema")
async def get_schema(request: Request, catalog: CatalogDep, view: Caller, layer: LayerDep) -> Response:
    """JSON Schema of the features, with code lists as named constants (Part 5)."""
    here = address(request, f"/collections/{layer.id}/schema")
    document = feature_schema(catalog, layer, view.layers[layer.id], here)
    return json_answer(request, document, media_type=SCHEMA)


@router.get("/collections/{collectionId}/schema/geojson")
async def get_geojson_schema(request: Request, catalog: CatalogDep, view: Caller, layer: LayerDep) -> Response:
    """JSON Schema of a feature as GeoJSON; GDAL takes the types of fields from it."""
    here = address(request, f"/collections/{layer.id}/schema/geojson")
    document = geojson_schema(catalog, layer, view.layers[layer.id], here)
    return json_answer(request, document, media_type=SCHEMA)


@router.get("/collections/{collectionId}/queryables")
async def get_queryables(request: Request, catalog: CatalogDep, view: Caller, layer: LayerDep) -> Response:
    """JSON Schema of the properties that items can be filtered by (Part 3)."""
    here = address(request, f"/collections/{layer.id}/queryables")
    return json_answer(request, queryables(catalog, layer, filterable(layer, view), here), media_type=SCHEMA)


@router.get("/collections/{collectionId}/sortables")
async def get_sortables(request: Request, catalog: CatalogDep, view: Caller, layer: LayerDep) -> Response:
    """JSON Schema of the properties that items can be sorted by (Part 5)."""
    here = address(request, f"/collections/{layer.id}/sortables")
    return json_answer(request, sortables(catalog, layer, sortable(layer, view), here), media_type=SCHEMA)


@dataclass(frozen=True)
class Near:
    """A place and how far around it to look."""

    longitude: float
    latitude: float
    radius_m: float
    layers: str | None


async def _near(
    lon: str | None = None, lat: str | None = None, radius: str | None = None, layers: str | None = None
) -> Near:
    return Near(
        read_number("lon", lon, -180, 180),
        read_number("lat", lat, -90, 90),
        DEFAULT_RADIUS_M if radius is None else read_number("radius", radius, 0, MOST_RADIUS_M),
        layers,
    )


NearDep = Annotated[Near, Depends(_near)]


@router.get("/query/identify", tags=["query"])
async def get_identify(request: Request, catalog: CatalogDep, view: Caller, near: NearDep, area: AreaDep) -> Response:
    """What lies within `radius` metres of a point, nearest first: attributes in words, source, release."""
    asked = layers_asked(catalog, view, near.layers)
    spot = spot_of(catalog, near.longitude, near.latitude, near.radius_m)
    async with reading(request) as snap:
        over = Over(catalog, view, asked, await outline_of(snap, area) if area else None)
        found = await identify(snap, over, spot) if spot else []
    asked_at = {"lon": near.longitude, "lat": near.latitude, "radius_m": near.radius_m}
    return json_answer(request, {**asked_at, "release": snap.release, "features": found})
