"""The city as a value: a table of features for every layer, the ground, and time series."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from loaders.sample_city.relief import Ground
from loaders.sample_city.shapes import Shapes, rounded, without_spikes

Values = list[Any]


@dataclass
class Table:
    """Features of one layer: a geometry each, and columns named after the layer's fields."""

    geometry: Shapes
    columns: dict[str, Values]

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass
class City:
    """Everything that is delivered. Tables are keyed by layer id, series by file name."""

    ground: Ground
    tables: dict[str, Table] = field(default_factory=dict)
    series: dict[str, pa.Table] = field(default_factory=dict)

    def add(self, layer: str, geometry: Any, **columns: Any) -> None:
        """Append features to a layer; a column that is one value stands for all of them."""
        drawn = without_spikes(np.atleast_1d(np.asarray(geometry, dtype=object)))
        shapes = shapely.remove_repeated_points(rounded(drawn))
        rows = {name: _spread(values, len(shapes)) for name, values in columns.items()}
        good = _usable(shapes)
        rows = {
            name: [value for value, keep in zip(values, good, strict=True) if keep] for name, values in rows.items()
        }
        shapes = shapes[good]
        if layer in self.tables:
            self._append(self.tables[layer], shapes, rows)
        elif len(shapes):
            self.tables[layer] = Table(shapes, rows)

    def _append(self, table: Table, shapes: Shapes, rows: dict[str, Values]) -> None:
        before = len(table)
        for name in {*table.columns, *rows}:
            old = table.columns.get(name, [None] * before)
            table.columns[name] = [*old, *rows.get(name, [None] * len(shapes))]
        table.geometry = np.concatenate([table.geometry, shapes])

    def lines_of(self, layer: str) -> Shapes:
        return self.tables[layer].geometry

    def column(self, layer: str, name: str) -> NDArray[np.object_]:
        return np.array(self.tables[layer].columns[name], dtype=object)


def _spread(values: Any, count: int) -> Values:
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if isinstance(values, list):
        if len(values) != count:
            raise ValueError(f"{len(values)} values for {count} features")
        return values
    return [values] * count


def _usable(shapes: Shapes) -> NDArray[np.bool_]:
    return np.asarray(~shapely.is_empty(shapes) & ~shapely.is_missing(shapes))


def codes(prefix: str, count: int, start: int = 1, digits: int = 5) -> Values:
    """Running asset numbers: `HG-00001`, …"""
    return [f"{prefix}-{number:0{digits}d}" for number in range(start, start + count)]


def whole_polygons(shapes: Any) -> Shapes:
    """Polygons and multipolygons without the lines and points that overlays leave behind."""
    kept = [shapely.union_all([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
            for shape in np.atleast_1d(np.asarray(shapes, dtype=object))]  # fmt: skip
    return np.array(kept, dtype=object)
