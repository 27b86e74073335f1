"""How QGIS draws a layer: its legend's looks as rules, written as the QML that a GeoPackage keeps beside its tables.

Looks are those of one scale, names are the layer's label; what MapLibre styles say beyond that (casings by zoom, arrows
along pipes) QGIS has from the vector tiles.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal
from xml.etree import ElementTree as ET

from coloraide import Color

from gis_server.catalog import Layer

Entry = Mapping[str, Any]
Drawn = Literal["fill", "line", "marker"]
DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
WIDTH: Final = re.compile(rb'<svg[^>]* width="([0-9.]+)"')
LABEL_FROM: Final = 5_000
"""Names are shown at this scale and larger ones."""


def qml_of(layer: Layer, entries: Sequence[Entry], drawn: Sequence[Drawn], icons: Path) -> str:
    """The style of a table of areas, lines or points, or several of these: QGIS takes the symbols that fit a feature.

    The last entry is for whatever no other is for.
    """
    root = ET.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology|Labeling"})
    root.set("labelsEnabled", str(int(layer.file.label is not None)))
    renderer = ET.SubElement(root, "renderer-v2", {"type": "RuleRenderer", "symbollevels": "0", "forceraster": "0"})
    rules, symbols = ET.SubElement(renderer, "rules", {"key": "bando"}), ET.SubElement(renderer, "symbols")
    for number, (kind, entry) in enumerate(product(drawn, _told_apart(entries))):
        ET.SubElement(rules, "rule", {"key": f"bando{number}", "symbol": str(number), **_rule(entry)})
        symbol = ET.SubElement(symbols, "symbol", {"type": kind, "name": str(number), "alpha": "1"})
        for name, options in _parts(kind, entry, icons):
            _options(
                ET.SubElement(symbol, "layer", {"class": name, "enabled": "1", "pass": "0", "locked": "0"}), options
            )
    if layer.file.label is not None:
        _label(root, layer.file.label)
    return DOCTYPE + ET.tostring(root, encoding="unicode")


def _told_apart(entries: Sequence[Entry]) -> list[Entry]:
    """By the field that tells most; all else is one rule, the last."""
    field = next((one["field"] for one in entries if "field" in one), None)
    classes = [one for one in entries if "field" in one and one["field"] == field]
    rest = [one for one in entries if "field" not in one]
    return [*classes, *(rest[-1:] if classes else rest[:1])]


def _rule(entry: Entry) -> dict[str, str]:
    """Its filter, none where it is for everything left over, and its words."""
    title = " · ".join(dict.fromkeys((entry["title"]["vi"], entry["title"]["en"])))
    return {"label": title, "filter": _filter(entry) or "ELSE"}


def _filter(entry: Entry) -> str:
    field = '"{}"'.format(str(entry.get("field", "")).replace('"', '""'))
    if "codes" in entry:
        codes = ", ".join("'{}'".format(one.replace("'", "''")) for one in entry["codes"])
        return f"{field} IN ({codes})"
    spans = [" AND ".join(_bounds(field, *span)) for span in entry.get("spans", ())]
    return " OR ".join(f"({one})" for one in spans)


def _bounds(field: str, low: float | None, high: float | None) -> Iterator[str]:
    if low is not None:
        yield f"{field} >= {low:g}"
    if high is not None:
        yield f"{field} < {high:g}"


def _parts(kind: Drawn, look: Entry, icons: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The layers of a symbol, the lowest first, in pixels."""
    if kind == "fill":
        yield "SimpleFill", _fill(look)
    elif kind == "line":
        if "casing" in look:
            yield (
                "SimpleLine",
                _line({**look, "color": look["casing"], "width": float(look["width"]) + 2, "dash": None}),
            )
        yield "SimpleLine", _line(look)
    elif look.get("icon") and (icons / f"{look['icon']}.svg").is_file():
        yield "SvgMarker", _icon((icons / f"{look['icon']}.svg").read_bytes())
    else:
        yield "SimpleMarker", _dot(look)


def _icon(svg: bytes) -> dict[str, str]:
    """As large as it was drawn."""
    width = WIDTH.search(svg)
    size = width[1].decode() if width else "17"
    return {"name": f"base64:{base64.b64encode(svg).decode()}", "size": size, "size_unit": "Pixel"}


def _fill(look: Entry) -> dict[str, str]:
    """What is a line on the map is the outline here, and nothing inside."""
    if look.get("shape") == "line":
        look = {"outline": look["color"]}
    outline = look.get("outline")
    edge = {"outline_color": _colour(outline), "outline_width": "0.7", "outline_width_unit": "Pixel"} if outline else {}
    inside = {
        "color": _colour(look.get("color"), look.get("opacity", 1.0)),
        "style": "solid" if "color" in look else "no",
    }
    return {**inside, "outline_style": "solid" if edge else "no", **edge}


def _line(look: Entry) -> dict[str, str]:
    width = max(float(look.get("width", 1)), 0.5)
    told = {"line_color": _colour(look.get("color")), "line_width": f"{width:g}", "line_width_unit": "Pixel"}
    told |= {"capstyle": "round", "joinstyle": "round"}
    if not look.get("dash"):
        return told
    dash = ";".join(f"{float(one) * width:g}" for one in look["dash"])
    return {**told, "capstyle": "flat", "use_custom_dash": "1", "customdash": dash, "customdash_unit": "Pixel"}


def _dot(look: Entry) -> dict[str, str]:
    shape = {"name": "circle", "size": "7", "size_unit": "Pixel", "color": _colour(look.get("color", "#555555"))}
    return {
        **shape,
        "outline_color": _colour(look.get("outline", "#ffffff")),
        "outline_width": "1",
        "outline_width_unit": "Pixel",
    }


def _label(root: ET.Element, field: str) -> None:
    settings = ET.SubElement(ET.SubElement(root, "labeling", {"type": "simple"}), "settings", {"calloutType": "simple"})
    letters = {
        "fieldName": field,
        "isExpression": "0",
        "fontSize": "8",
        "fontSizeUnit": "Point",
        "textColor": "40,45,52,255",
    }
    style = ET.SubElement(settings, "text-style", letters)
    halo = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": "255,255,255,220"}
    ET.SubElement(style, "text-buffer", halo)
    ET.SubElement(settings, "rendering", {"scaleVisibility": "1", "scaleMin": str(LABEL_FROM), "scaleMax": "0"})


def _options(layer: ET.Element, options: Mapping[str, str]) -> None:
    table = ET.SubElement(layer, "Option", {"type": "Map"})
    for name, value in options.items():
        ET.SubElement(table, "Option", {"type": "QString", "name": name, "value": value})


def _colour(word: str | None, opacity: float = 1.0) -> str:
    """As QGIS writes colours: red, green, blue and opacity from 0 to 255."""
    colour = Color(word or "#00000000").convert("srgb")
    channels = [*colour.coords(), colour.alpha() * opacity]
    return ",".join(str(round(255 * one)) for one in channels)
