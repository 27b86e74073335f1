"""A style layer of names apart for far and near, where a tile shows a part of what has one name."""

from collections.abc import Collection
from typing import Any

from gis_server.catalog.catalog import CLOSE_UP, LABELS, Layer

Style = dict[str, Any]


def far_and_near(one: Style, layer: Layer, hidden: Collection[str]) -> list[Style]:
    """The style layers of one that says names.

    Along lines it stands in the middle of each label's stretch, and close up along the lines themselves. In areas each
    tile would say it again close up, where an area lies in many tiles: there it stands where the label is.
    """
    layout = one.get("layout", {})
    if one.get("source-layer") == LABELS and layout.get("symbol-placement") == "line":
        far = {**one, "layout": {**layout, "symbol-placement": "line-center"}, "maxzoom": CLOSE_UP}
        near = {name: value for name, value in one.items() if name != "source-layer"}
        return [far, {**near, "minzoom": CLOSE_UP}]
    name = layer.file.tiles.label
    if name is not None and name not in hidden and _names_areas(one, layer):
        return _in_areas(one, name)
    return [one]


def _names_areas(one: Style, layer: Layer) -> bool:
    layout = one.get("layout", {})
    of_rows = "source-layer" not in one and "symbol-placement" not in layout
    return of_rows and "text-field" in layout and "Polygon" in layer.file.geometry


def _in_areas(one: Style, name: str) -> list[Style]:
    """Close up, points and what bears no name stand for themselves."""
    rule = _close_up(one.get("filter", True))
    without_label = ["any", ["==", ["geometry-type"], "Point"], ["!", ["to-boolean", ["get", name]]]]
    near = {**one, "minzoom": max(CLOSE_UP, one.get("minzoom", 0)), "filter": ["all", rule, without_label]}
    labels = {**near, "source-layer": LABELS, "filter": rule}
    if rule is True:
        del labels["filter"]
    far = [{**one, "maxzoom": CLOSE_UP}] if one.get("minzoom", 0) < CLOSE_UP else []
    return [*far, near, labels]


def _close_up(rule: Any) -> Any:
    """A filter as it is close up: one that goes by zoom may not stand within another."""
    if isinstance(rule, list) and rule[:2] == ["step", ["zoom"]]:
        outputs = [value for stop, value in zip(rule[3::2], rule[4::2], strict=True) if stop <= CLOSE_UP]
        return [rule[2], *outputs][-1]
    return rule
