"""Layers as people name them on the command line, and as tables show them: never cut, for the end tells them apart."""

from difflib import get_close_matches

from rich.table import Table

from gis_server.catalog import Catalog, Layer
from gis_server.errors import UnknownLayer

ALIKE = 0.75


def asked_layer(catalog: Catalog, name: str) -> Layer:
    """The layer of this id; UnknownLayer with the ids that look like it."""
    if name in catalog.layers:
        return catalog[name]
    alike = get_close_matches(name, list(catalog.layers), n=3, cutoff=ALIKE)
    listed = ", ".join(alike)
    vi, en = (f" Có phải: {listed}?", f" Did you mean: {listed}?") if alike else ("", "")
    raise UnknownLayer(
        f"Không có lớp “{name}”.{vi} Xem `bando layers`.", f"There is no layer “{name}”.{en} See `bando layers`."
    )


def add_layer_column(table: Table, heading: str) -> None:
    table.add_column(heading, overflow="fold")


def narrow(*headings: str) -> list[str]:
    """“Thêm · Added” on two lines: what a column of short values is called must not take the width of the others."""
    return [heading.replace(" · ", "\n") for heading in headings]
