"""How a feature looks on the map, in the few words a legend needs: shape, colours, width, dashes, icon."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gis_server.catalog.catalog import Layer
from gis_server.catalog.evaluation import Feature, evaluate

Entry = dict[str, Any]
StyleLayer = Mapping[str, Any]

REFERENCE_ZOOM: Final = 16
"""Looks are those of this zoom; style layers that end before it are left out, later ones are taken at their lowest."""
FAINTEST: Final = 0.25
"""Areas fainter than this on the map are shown at this opacity in a swatch, or nothing of the colour would be seen."""

COLORS: Final = {"fill": "fill-color", "line": "line-color", "circle": "circle-color"}
TELLING: Final = (
    *COLORS.values(),
    "icon-image",
    "fill-pattern",
    "circle-stroke-color",
    "line-width",
    "circle-radius",
)
"""Properties that may tell classes apart, the most telling first."""


def swatch(layer: Layer, styled: Sequence[StyleLayer], properties: Mapping[str, Any]) -> Entry | None:
    """All style layers laid over each other for a feature with these attributes; None when nothing is drawn."""
    look: Entry = {}
    for one in styled:
        if one.get("maxzoom", 24) <= REFERENCE_ZOOM:
            continue
        for kind in layer.file.geometry:
            feature = Feature(kind, max(REFERENCE_ZOOM, one.get("minzoom", 0)), properties)
            if evaluate(one.get("filter", True), feature) is True:
                _lay_over(look, one, feature)
    return look or None


def _lay_over(look: Entry, one: StyleLayer, feature: Feature) -> None:
    values = {**one.get("layout", {}), **one.get("paint", {})}
    draw = {"symbol": _draw_icon, "line": _draw_line, "fill": _draw_area, "circle": _draw_dot}[one["type"]]
    draw(look, values, feature)


def _draw_icon(look: Entry, values: Mapping[str, Any], feature: Feature) -> None:
    icon = evaluate(values.get("icon-image"), feature)
    if icon and values.get("symbol-placement", "point") == "point":
        look["icon"] = icon
        look.setdefault("shape", "icon")


def _draw_area(look: Entry, values: Mapping[str, Any], feature: Feature) -> None:
    opacity = evaluate(values.get("fill-opacity", 1), feature)
    if not opacity:
        return
    if "fill-pattern" in values:
        look["pattern"] = evaluate(values["fill-pattern"], feature)
        return
    look.update(shape="fill", color=evaluate(values["fill-color"], feature))
    _set(look, outline=evaluate(values.get("fill-outline-color"), feature))
    if opacity < 1:
        look["opacity"] = round(max(opacity, FAINTEST), 2)


def _draw_dot(look: Entry, values: Mapping[str, Any], feature: Feature) -> None:
    """A dot, unless the layer has areas too: then the area speaks for both."""
    if look.get("shape") == "fill":
        return
    look.update(shape="circle", color=evaluate(values["circle-color"], feature))
    _set(look, outline=evaluate(values.get("circle-stroke-color"), feature))


def _draw_line(look: Entry, values: Mapping[str, Any], feature: Feature) -> None:
    """A line round an area is its outline; a line over a wider one makes the wider one its casing."""
    color = evaluate(values["line-color"], feature)
    if look.get("shape") in ("fill", "circle"):
        look["outline"] = color
        return
    width = evaluate(values.get("line-width", 1), feature) or 0
    if look.get("shape") == "line" and look["width"] > width:
        look["casing"] = look["color"]
    look.update(shape="line", color=color, width=round(width, 1))
    _set(look, dash=evaluate(values.get("line-dasharray"), feature))


def _set(look: Entry, **values: Any) -> None:
    look.update({name: value for name, value in values.items() if value is not None})
