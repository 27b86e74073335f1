"""Reads what editors send: GeoJSON or JSON-FG, strictly; what it should have been is told in one sentence."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import shapely
from fastapi import Request
from shapely.geometry.base import BaseGeometry

from gis_server.errors import BadRequest, WrongMedia
from gis_server.features.crs import Crs, read_crs
from gis_server.features.here import Here
from gis_server.figures import vietnamese
from gis_server.releases.edits import Shape, Verb
from gis_server.web.body import body_of

MOST_BYTES = 4_000_000
MOST_VERTICES = 100_000
FEATURE = ("application/geo+json", "application/vnd.ogc.fg+json", "application/json")
PATCH = ("application/merge-patch+json",)
MEMBERS = frozenset(
    {
        "type",
        "id",
        "properties",
        "geometry",
        "place",
        "coordRefSys",
        "time",
        "bbox",
        "links",
        "featureType",
        "conformsTo",
    }
)
"""Of GeoJSON and JSON-FG, as the service itself writes them. Times come from the fields that hold them."""
READ_ONLY = frozenset({"fid", "source", "synthetic"})
PROPERTIES = "properties phải là một đối tượng JSON.", "properties must be a JSON object."


@dataclass(frozen=True)
class Given:
    """What a feature of a request says."""

    values: Mapping[str, Any] = field(default_factory=dict)
    shape: Shape | None = None
    redraws: bool = False
    source: str | None = None


async def read_request(request: Request, media: tuple[str, ...], most_bytes: int = MOST_BYTES) -> Any:
    """The JSON of a body of one of these kinds."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in media:
        listed = ", ".join(media)
        raise WrongMedia(f"Content-Type phải là một trong: {listed}.", f"The Content-Type must be one of: {listed}.")
    content = await body_of(request, most_bytes)
    try:
        orjson.loads(content)  # refuses what is no JSON by the letter, half characters, and what is nested too deep
        return json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:120]
        raise BadRequest(
            f"Nội dung gửi lên không phải JSON ({reason}).", f"The body is not JSON ({reason})."
        ) from error


def content_crs(request: Request, here: Here) -> Crs:
    """The system of the coordinates in the body: the header `Content-Crs`, degrees with longitude first without it."""
    given = request.headers.get("content-crs")
    return read_crs("Content-Crs", given.strip().strip("<>") if given else None, here.stored)


def read_feature(content: Any, here: Here, crs: Crs, verb: Verb) -> Given:
    """A feature; of an update only what it names changes, as RFC 7396 has it."""
    if not isinstance(content, dict):
        raise BadRequest("Nội dung gửi lên phải là một GeoJSON Feature.", "The body must be a GeoJSON Feature.")
    _refuse_names(content, MEMBERS, "Feature")
    if content.get("type", "Feature" if verb == "update" else None) != "Feature":
        raise BadRequest("type: “Feature”.", "type is “Feature”.")
    properties = content.get("properties", {} if verb == "update" else None)
    if not isinstance(properties, dict):
        raise BadRequest(*PROPERTIES)
    visible = here.view.layers[here.layer.id]
    _refuse_names(properties, READ_ONLY | frozenset(visible), f"properties ({here.layer.id})")
    values = {name: value for name, value in properties.items() if name not in READ_ONLY}
    redraws = verb != "update" or not {"geometry", "place"}.isdisjoint(content)
    return Given(values, _shape(content, here, crs) if redraws else None, redraws, _source(properties))


def _source(properties: Mapping[str, Any]) -> str | None:
    source = properties.get("source")
    if source is not None and not isinstance(source, str):
        raise BadRequest(
            "source chỉ để đọc: hãy bỏ trường này khỏi properties.", "source is read-only: leave it out of properties."
        )
    return source


def _shape(content: Mapping[str, Any], here: Here, crs: Crs) -> Shape | None:
    """JSON-FG's `place` in its own system, where it has one; else the geometry."""
    node = content.get("place")
    if node is None:
        node = content.get("geometry")
    elif "coordRefSys" in content:
        crs = read_crs("coordRefSys", _text(content["coordRefSys"]), here.stored)
    if node is None:
        return None
    found = _geometry(node)
    if crs.is_north_first:
        found = shapely.transform(found, lambda points: points[:, ::-1])
    return Shape(shapely.to_wkb(found), crs.srid, 10.0**-crs.decimals)


def _geometry(node: Any) -> BaseGeometry:
    try:
        found: BaseGeometry = shapely.force_2d(shapely.from_geojson(orjson.dumps(node)))
    except (shapely.errors.ShapelyError, ValueError, TypeError, orjson.JSONEncodeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise BadRequest(
            f"Hình học không đúng GeoJSON ({reason}).", f"The geometry is not valid GeoJSON ({reason})."
        ) from error
    if shapely.get_num_coordinates(found) > MOST_VERTICES:
        raise BadRequest(
            f"Hình học có hơn {vietnamese(MOST_VERTICES)} đỉnh; hãy chia nhỏ đối tượng.",
            f"The geometry has more than {MOST_VERTICES:,} vertices; split the feature.",
        )
    return found


def _refuse_names(given: Iterable[str], known: frozenset[str], where: str) -> None:
    unknown = [f"“{name[:80]}”" for name in given if name not in known]
    if unknown:
        names, list_ = ", ".join(unknown[:10]), ", ".join(sorted(known))
        raise BadRequest(
            f"{where}: không có {names}; có: {list_}.", f"{where}: there is no {names}; there are: {list_}."
        )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadRequest("coordRefSys phải là URI của một hệ tọa độ.", "coordRefSys must be the URI of a CRS.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is repeated")
    return found
