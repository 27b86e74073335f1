"""What lies under a click: the features near it and what rasters say there, as a client shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from fastapi import Request

from gis_server.catalog import Catalog, Layer
from gis_server.images.subjects import studio_of
from gis_server.images.wms_faults import ServiceFault
from gis_server.images.wms_layers import shown_in
from gis_server.paper.templates import templates
from gis_server.web.asking import View, note_release, reading
from gis_server.web.when import PastView, When, view_at

PAGES = Path(__file__).parent / "pages"
FORMS: Mapping[str, str] = {
    "text/plain": "text/plain; charset=utf-8",
    "text/html": "text/html; charset=utf-8",
    "application/json": "application/geo+json",
    "application/geo+json": "application/geo+json",
}
"""What may be asked for, and the kind of the answer."""
REACH_PIXELS, LEAST_M, MOST_M = 6, 0.5, 1_000.0
MOST = 50
Feature = Mapping[str, Any]


@dataclass(frozen=True)
class Click:
    """Where, and how large a pixel is there."""

    lon: float
    lat: float
    pixel_m: float


async def found_under(request: Request, view: View, names: Sequence[str], click: Click, when: When) -> list[Feature]:
    """Of the named maps and layers as they were then: features, nearest first, and then the values of rasters."""
    catalog: Catalog = request.app.state.catalog
    asked: dict[str, Layer] = {layer.id: layer for name in names for layer in shown_in(catalog, view, name)}
    near, values = studio_of(request).suppliers.under_click
    spot = click.lon, click.lat
    rasters = [name for name, layer in asked.items() if layer.file.raster is not None]
    others = [name for name in asked if name not in rasters]
    async with reading(request) as snap:
        seen = await view_at(snap, view, list(asked.values()), when)
        if isinstance(seen, PastView):
            note_release(request, seen.release)
        found = await near(snap, seen, others, (spot, reach_m(click.pixel_m))) if others else []
        return [*found, *(await values(snap, seen, rasters, spot) if rasters else [])]


def reach_m(pixel_m: float) -> float:
    """How far around a click a feature is still meant."""
    return min(max(REACH_PIXELS * pixel_m, LEAST_M), MOST_M)


def read_form(text: str) -> str:
    kind = text.partition(";")[0].strip().lower()
    if kind not in FORMS:
        known = ", ".join(FORMS)
        raise ServiceFault("InvalidFormat", f"INFO_FORMAT: chọn {known}.", f"INFO_FORMAT: choose {known}.")
    return kind


def some(features: Sequence[Feature], most: int) -> list[Feature]:
    """At most so many of each layer."""
    counts: dict[str, int] = {}
    found = []
    for one in features:
        counts[one["layer"]] = counts.get(one["layer"], 0) + 1
        if counts[one["layer"]] <= most:
            found.append(one)
    return found


def written(features: Sequence[Feature], form: str) -> bytes:
    if form == "text/plain":
        return "".join(_lines(one) for one in features).encode("utf-8", "replace") or "—\n".encode()
    if form == "text/html":
        told = [(one, [(_title(part), _value(part)) for part in one["attributes"]]) for one in features]
        return templates(PAGES).get_template("info.html").render(features=told).encode("utf-8", "replace")
    return orjson.dumps({"type": "FeatureCollection", "features": [_geojson(one) for one in features]})


def _lines(feature: Feature) -> str:
    head = f"{feature['title']['vi']} · {feature['title']['en']} (fid {feature['fid']})\n"
    rows = "".join(f"  {_title(part)}: {_value(part)}\n" for part in feature["attributes"])
    made_up = "  DỮ LIỆU GIẢ LẬP · SYNTHETIC DATA\n" if feature["synthetic"] else ""
    return f"{head}{rows}{made_up}  Nguồn · Source: {feature['source']['attribution']}\n\n"


def _geojson(feature: Feature) -> dict[str, Any]:
    values = {part["name"]: part["value"] for part in feature["attributes"]}
    told = {"layer": feature["layer"], "synthetic": feature["synthetic"], "release": feature["release"]}
    return {
        "type": "Feature",
        "id": f"{feature['layer']}.{feature['fid']}",
        "geometry": feature["geometry"],
        "properties": {**values, **{f"bando:{name}": value for name, value in told.items()}},
    }


def _title(part: Mapping[str, Any]) -> str:
    vi, en = part["title"]["vi"], part["title"]["en"]
    return str(vi) if vi == en else f"{vi} · {en}"


def _value(part: Mapping[str, Any]) -> str:
    if part["value"] is None:
        return "—"
    word = part.get("word")
    if word:
        return f"{word['vi']} · {word['en']} ({part['code']})"
    return f"{part['value']}{' ' + part['unit'] if part.get('unit') else ''}"
