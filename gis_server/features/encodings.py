"""In which writings features are given, and which of them a request wants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from gis_server.errors import BadRequest
from gis_server.features.asked import F
from gis_server.features.collections import GEOJSON
from gis_server.web.answers import HTML, JSON

ARROW = "application/vnd.apache.arrow.stream"
PARQUET = "application/vnd.apache.parquet"
FLATGEOBUF = "application/flatgeobuf"
GEOPACKAGE = "application/geopackage+sqlite3"
PACKED = (ARROW, PARQUET, FLATGEOBUF, GEOPACKAGE)
"""Not to be compressed again on the way."""
PAGES = ("json", "jsonfg", "html")
"""What comes in pages; everything else is a table, and whole."""


@dataclass(frozen=True)
class Form:
    """A writing: its word in `f=`, its media type, what it is called."""

    name: str
    media_type: str
    title: str

    @property
    def is_table(self) -> bool:
        return self.name not in PAGES


FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        Form("json", GEOJSON, "GeoJSON"),
        Form("jsonfg", "application/vnd.ogc.fg+json", "JSON-FG"),
        Form("html", HTML, "HTML"),
        Form("csv", "text/csv", "CSV"),
        Form("arrow", ARROW, "Arrow"),
        Form("parquet", PARQUET, "GeoParquet"),
        Form("flatgeobuf", FLATGEOBUF, "FlatGeobuf"),
        Form("gpkg", GEOPACKAGE, "GeoPackage"),
    )
}
TYPES: Mapping[str, str] = {
    **{form.media_type: form.name for form in FORMS.values()},
    JSON: "json",
    "application/xhtml+xml": "html",
}
MOST_PREFERENCES = 50


async def _form(request: Request, f: F = None) -> Form:
    """`f=` wins; else the form that `Accept` likes best; else GeoJSON."""
    if f is None:
        return FORMS[_preferred(request.headers.get("accept", ""))]
    if f not in FORMS:
        raise BadRequest(f"f={f[:20]}: chọn {', '.join(FORMS)}.", f"f={f[:20]}: choose {', '.join(FORMS)}.")
    return FORMS[f]


FormDep = Annotated[Form, Depends(_form)]


def _preferred(accept: str) -> str:
    """The named form of the greatest weight; of several the first in the order of `FORMS`."""
    weights = dict.fromkeys(FORMS, 0.0)
    for part in accept.lower().split(",")[:MOST_PREFERENCES]:
        kind, *parameters = (word.strip() for word in part.split(";"))
        name = TYPES.get(kind)
        if name:
            weights[name] = max(weights[name], _weight(parameters))
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] > 0 else "json"


def _weight(parameters: list[str]) -> float:
    given = next((word[2:] for word in parameters if word.startswith("q=")), "1")
    try:
        return float(given)
    except ValueError:
        return 0.0
