"""Styles of the tables of a GeoPackage, kept in it: QGIS and QField draw each table with its own as it is added."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from gis_server.bundle.labels import SQL, Written, table_of
from gis_server.bundle.order import House, Order
from gis_server.bundle.qml import qml_of
from gis_server.catalog import Layer
from gis_server.catalog.compose import layer_style
from gis_server.catalog.legend import UNCLASSIFIED
from gis_server.catalog.swatch import Entry, swatch
from gis_server.db.statements import text


def write_styles(house: House, order: Order, written: Sequence[Written], path: Path) -> None:
    with closing(sqlite3.connect(path)) as package, package:
        package.executescript(text(SQL, "styles"))
        package.executemany(text(SQL, "style_of_table"), [_row(house, order, one) for one in written])


def _row(house: House, order: Order, one: Written) -> tuple[str, str, str]:
    layer = one.layer
    style = layer_style(house.catalog, layer.id, order.shelf.view.layers)
    qml = qml_of(layer, [*_entries(style, layer)], one.drawn, house.settings.styles_folder / "sprites")
    return table_of(layer), qml, f"{layer.file.title.vi} · {layer.file.title.en}"


def _entries(style: Mapping[str, Any], layer: Layer) -> Iterator[Entry]:
    """The legend, and last how a feature looks of which nothing is known."""
    yield from style["metadata"]["bando:legend"][layer.id]
    plain = swatch(layer, [one for one in style["layers"] if "bando:synthetic" not in one["metadata"]], {})
    if plain:
        yield {"title": UNCLASSIFIED.model_dump(), **plain}
