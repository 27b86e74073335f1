"""What the HTML pages show: tables in words, links, and the outline of a feature as a drawing."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fastapi import Request

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.features.collections import GEOJSON, Described
from gis_server.features.cursor import Cursor
from gis_server.features.encodings import FORMS, Form
from gis_server.features.items import Page, as_data
from gis_server.features.question import Question
from gis_server.web.answers import HTML, JSON, Link, address, link
from gis_server.web.columns import attribute

COLUMNS = 6
"""Fields that a table of features shows; the feature's own page shows all."""


def by_theme(catalog: Catalog, found: Iterable[Described]) -> list[dict[str, Any]]:
    themes: dict[str, list[Described]] = {}
    for one in found:
        themes.setdefault(one.layer.file.theme, []).append(one)
    return [{"title": catalog.themes[theme].title, "layers": layers} for theme, layers in themes.items()]


def fields(catalog: Catalog, layer: Layer, view: View) -> list[dict[str, Any]]:
    rules = [(name, layer.fields[name]) for name in view.layers[layer.id]]
    return [
        {"name": name, "rule": rule, "codes": catalog.domains[rule.domain].values if rule.domain else {}}
        for name, rule in rules
    ]


def page_links(request: Request, layer: Layer, cursor: Cursor | None, form: Form) -> list[Link]:
    """Links of a page of features: this one in every writing, the next, the collection."""
    here, asked = f"/collections/{layer.id}/items", _asked(request)
    links = [
        link(address(request, here, **asked, f=one.name), _relation(one, form), one.media_type, one.title)
        for one in FORMS.values()
    ]
    links.append(link(address(request, f"/collections/{layer.id}", f="json"), "collection", JSON))
    onward = next_page(request, layer, cursor, form.name)
    return [*links, link(onward, "next", form.media_type)] if onward else links


def _relation(one: Form, form: Form) -> str:
    return "self" if one == form else "alternate"


def next_page(request: Request, layer: Layer, cursor: Cursor | None, f: str) -> str | None:
    """The same question, from where this page ended."""
    if cursor is None:
        return None
    return address(request, f"/collections/{layer.id}/items", **{**_asked(request), "cursor": str(cursor), "f": f})


def _asked(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if name not in ("f", "key")}


def item_links(request: Request, layer: Layer, fid: str) -> list[Link]:
    here = f"/collections/{layer.id}/items/{fid}"
    return [
        link(address(request, here, **_asked(request), f="json"), "self", GEOJSON),
        link(address(request, here, **_asked(request), f="html"), "alternate", HTML),
        link(address(request, f"/collections/{layer.id}", f="json"), "collection", JSON),
    ]


def items_content(request: Request, question: Question, found: Page) -> dict[str, Any]:
    catalog: Catalog = request.app.state.catalog
    layer = question.layer
    columns = telling_fields(layer, question.fields)[:COLUMNS]
    rows = [as_data(feature) for feature in found.features]
    return {
        "layer": layer,
        "columns": columns,
        "rows": [(row, [attribute(catalog, layer, name, row["properties"][name]) for name in columns]) for row in rows],
        "release": found.release,
        "overview": overview(rows),
        "features": _as_geojson(request, layer, found),
        "forms": [form for form in FORMS.values() if form.is_table],
    }


def _as_geojson(request: Request, layer: Layer, found: Page) -> str:
    """Where the same features are had for the map in the page; a cursor knows its release."""
    same = {"limit": str(len(found.features)), "release": str(found.release), **_asked(request), "f": "json"}
    if "cursor" in same:
        del same["release"]
    return address(request, f"/collections/{layer.id}/items", **same)


def telling_fields(layer: Layer, visible: Sequence[str]) -> list[str]:
    """A layer's fields, those first that tell a person most: its name, its key, what the map draws by."""
    label = [layer.file.label] if layer.file.label else []
    wanted = dict.fromkeys([*label, *layer.key, *layer.file.tiles.fields, *visible])
    return [name for name in wanted if name in visible]


def item_content(catalog: Catalog, layer: Layer, feature: str, release: int) -> dict[str, Any]:
    data = as_data(feature)
    properties = data["properties"]
    return {
        "layer": layer,
        "feature": data,
        "release": release,
        "attributes": [
            attribute(catalog, layer, name, properties[name]) for name in properties if name in layer.fields
        ],
        "shape": drawing(data["geometry"]),
    }


def drawing(geometry: dict[str, Any] | None) -> dict[str, Any] | None:
    """SVG paths of a geometry, north up, at the proportions it has on the ground near the city."""
    if geometry is None:
        return None
    lines = list(_lines(geometry["coordinates"]))
    return _drawn(geometry, lines, _frame(lines))


def overview(features: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The features of a page as one drawing, each with its number."""
    shapes = [
        (one, one["geometry"], list(_lines(one["geometry"]["coordinates"]))) for one in features if one["geometry"]
    ]
    frame = _frame([line for _, _, lines in shapes for line in lines])
    return [{"fid": one["id"], **_drawn(geometry, lines, frame)} for one, geometry, lines in shapes]


Line = list[tuple[float, float]]
Frame = tuple[float, float, float]


def _frame(lines: Sequence[Line]) -> Frame:
    """West and north of all, and how wide a square holds them."""
    xs, ys = [x for line in lines for x, _ in line], [y for line in lines for _, y in line]
    if not xs:
        return 0.0, 0.0, 1.0
    return min(xs), max(ys), max(max(xs) - min(xs), max(ys) - min(ys), 1e-6)


def _drawn(geometry: dict[str, Any], lines: Sequence[Line], frame: Frame) -> dict[str, Any]:
    west, north, wide = frame
    kind = geometry["type"].removeprefix("Multi")
    closing = {"Polygon": " Z", "Point": " h0"}.get(kind, "")
    paths = (
        "M" + " L".join(f"{(x - west) / wide * 100:.3f} {(north - y) / wide * 100:.3f}" for x, y in line) + closing
        for line in lines
    )
    return {"kind": {"Polygon": "area", "LineString": "line"}.get(kind, "point"), "path": " ".join(paths)}


def _lines(coordinates: Any) -> Iterator[list[tuple[float, float]]]:
    """Every run of positions in nested GeoJSON coordinates."""
    if isinstance(coordinates[0], int | float):
        yield [(coordinates[0], coordinates[1])]
    elif isinstance(coordinates[0][0], int | float) and len(coordinates) > 0:
        yield [(point[0], point[1]) for point in coordinates]
    else:
        for inner in coordinates:
            yield from _lines(inner)
