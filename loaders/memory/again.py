"""Rows of a delivery that came before, and are served as they came then."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from gis_server.catalog import Layer
from loaders.memory.past import Column, Past
from loaders.wkb import Numbers


@dataclass(frozen=True)
class Drawn:
    """Geometries of some rows, and nothing else of them."""

    bytes: int
    encoded: Callable[[], pa.Array]
    """As staging takes them, made when they are asked for."""


@dataclass(frozen=True)
class Again:
    """Some of them, by their places in the past."""

    layer: Layer
    past: Past
    places: Numbers
    numbers: Numbers
    """`_row` of each."""
    features: Numbers
    apart: Callable[[], Drawn]
    """Takes their geometries out of the rows that were read, which are let go."""

    def column(self, name: str) -> Column:
        """What the past has of them."""
        return self.past[name][self.places]
