"""Styles of the tables of a GeoPackage, kept in it: QGIS and QField draw each table with its own as it is added."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from gis_server.bundle.labels import SQL, Written, table_of
from gis_server.bundle.order import House, Order
from gis_server.bundle.qml import qml_of
from gis_server.catalog import Layer
from gis_server.catalog.compose import layer_style
from gis_server.catalog.legend import UNCLASSIFIED
from gis_server.catalog.raster_styles import LOOKS
from gis_server.catalog.swatch import Entry, swatch
from gis_server.db.statements import text


def write_styles(house: House, order: Order, written: Sequence[Written], path: Path) -> None:
    with closing(sqlite3.connect(path)) as package, package:
        package.executescript(text(SQL, "styles"))
        package.executemany(text(SQL, "style_of_table"), [_row(house, order, one) for one in written])


def _row(house: House, order: Order, one: Written) -> tuple[str, str, str]:
    layer = one.layer
    style = layer_style(house.catalog, layer.id, order.shelf.view.layers)
    qml = qml_of(layer, entries_of(layer, style), one.drawn, house.settings.styles_folder / "sprites")
    return table_of(layer), qml, f"{layer.file.title.vi} · {layer.file.title.en}"


def entries_of(layer: Layer, style: Mapping[str, Any]) -> list[Entry]:
    """The legend, and last how a feature looks of which nothing is known."""
    told: list[Entry] = style["metadata"]["bando:legend"][layer.id]
    drawn = [one for one in style["layers"] if "bando:synthetic" not in one["metadata"] and one["type"] not in LOOKS]
    plain = swatch(layer, drawn, {})
    return [*told, {"title": UNCLASSIFIED.model_dump(), **plain}] if plain else told
