"""Routes of questions that bring a shape along: ask, answer."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import shapely
from fastapi import APIRouter, Request
from shapely.geometry.base import BaseGeometry
from starlette.responses import Response

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.catalog.crs import WGS84
from gis_server.errors import BadRequest
from gis_server.features.around import DEFAULT_LIMIT, MOST, MOST_TOGETHER, around
from gis_server.features.crs import read_crs
from gis_server.features.drawn import read_body, read_drawn
from gis_server.features.filters import Filter, where_filter
from gis_server.features.here import Here
from gis_server.features.identify import Over
from gis_server.features.question import Conditions
from gis_server.features.summary import Summary, read_class, summarise
from gis_server.web.answers import json_answer
from gis_server.web.asking import Caller, CatalogDep, SettingsDep, reading
from gis_server.web.place import area_of, outline_of, read_place

router = APIRouter(tags=["query"])
GROUND = frozenset({"shape", "crs", "place"})


@router.post("/query/around")
async def post_around(request: Request, catalog: CatalogDep, view: Caller) -> Response:
    """What touches a shape or lies within `within_m` metres of it, by layer, nearest first."""
    body = await read_body(request, GROUND | {"within_m", "layers", "limit"}, frozenset())
    layers = list(dict.fromkeys(view.layer(catalog, name).id for name in _names(body.get("layers", list(view.layers)))))
    limit = _limit(body.get("limit", DEFAULT_LIMIT), len(layers))
    outline = await _outline(request, catalog, view, body)
    drawn = await asyncio.to_thread(read_drawn, body, catalog.crs, outline)
    over = Over(catalog, view, layers, shapely.to_wkb(outline, include_srid=True) if drawn.is_placed else None)
    async with reading(request) as snap:
        found = await around(snap, over, drawn, limit) if not drawn.shape.is_empty else []
    area = shapely.transform(drawn.area, lambda points: catalog.crs.transform(points, catalog.crs.stored, WGS84))
    told = orjson.Fragment(shapely.to_geojson(area))
    return json_answer(request, {"release": snap.release, "within_m": drawn.within_m, "area": told, "features": found})


@router.post("/query/summary")
async def post_summary(request: Request, catalog: CatalogDep, view: Caller, settings: SettingsDep) -> Response:
    """Summary of a layer within a shape: count, area and length of the part inside, by class."""
    body = await read_body(request, GROUND | {"layer", "within_m", "by", "filter"}, frozenset({"layer"}))
    here = Here(catalog, view, view.layer(catalog, str(body["layer"])))
    drawn = await asyncio.to_thread(read_drawn, body, catalog.crs, await _outline(request, catalog, view, body))
    asked = Summary(here, drawn, read_class(body.get("by"), here), _conditions(here, body))
    async with reading(request) as snap:
        return json_answer(request, await summarise(snap, asked, settings.query_cost))


async def _outline(request: Request, catalog: Catalog, view: View, body: Mapping[str, Any]) -> BaseGeometry | None:
    """The ground of the unit that the body names as `place`."""
    if "place" not in body:
        return None
    places = request.app.state.places
    area = await area_of(request, catalog, view, places, read_place(places, str(body["place"])))
    async with reading(request) as snap:
        return shapely.from_wkb(await outline_of(snap, area))


def _conditions(here: Here, body: Any) -> Conditions:
    """Under CQL2, as text or as the JSON itself; its geometries are in the system of the shape."""
    conditions, given = Conditions(), body.get("filter")
    if given is not None:
        text, language = (given, "cql2-text") if isinstance(given, str) else (orjson.dumps(given).decode(), "cql2-json")
        where_filter(conditions, here, Filter(text, language, read_crs("crs", body.get("crs"), here.stored)))
    return conditions


def _names(names: Any) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadRequest("layers phải là danh sách mã lớp.", "layers must be a list of layer ids.")
    return names


def _limit(value: Any, layers: int) -> int:
    """Of each layer; of all together no more than one answer can hold."""
    most = min(MOST, max(DEFAULT_LIMIT, MOST_TOGETHER // max(1, layers)))
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise BadRequest(
            f"limit phải là một số nguyên từ 1 đến {most} (với {layers} lớp; ít lớp hơn thì được nhiều hơn).",
            f"limit must be a whole number from 1 to {most} (of {layers} layers; of fewer layers it may be more).",
        )
    return value
