"""JSON-FG (OGC 21-045): GeoJSON that can say times, and places in the city's grid."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from gis_server.catalog.crs import WGS84
from gis_server.features.crs import CRS84
from gis_server.features.items import Page, collection_head
from gis_server.features.question import Question

CONFORMS_TO = [
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas",
]


def collection_jsonfg(
    question: Question, found: Page, links: Sequence[Mapping[str, str]], matched: int | None = None
) -> bytes:
    """A FeatureCollection. Degrees, longitude first, are a `geometry`; anything else is a `place`."""
    head = {
        **collection_head(found, links, matched),
        "conformsTo": CONFORMS_TO,
        "featureType": question.layer.id,
        "coordRefSys": question.crs.uri,
    }
    return orjson.dumps({**head, "features": [_feature(question, text) for text in found.features]})


def _feature(question: Question, text: str) -> dict[str, Any]:
    feature: dict[str, Any] = orjson.loads(text)
    shape = feature.pop("geometry")
    is_plain = question.crs.srid == WGS84 and question.crs.uri == CRS84
    return {
        **feature,
        "time": _time(question, feature["properties"]),
        "place": None if is_plain else shape,
        "geometry": shape if is_plain else None,
    }


def _time(question: Question, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """From when to when the feature is in force, where both dates are shown."""
    time = question.layer.file.time
    if time is None or not {time.since, time.until} <= set(question.fields):
        return None
    return {"interval": [properties[time.since] or "..", properties[time.until] or ".."]}
