"""Mapped rows made ready for their table: the Web-Mercator copy, the row hash, neighbours on the map side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis_server.catalog import CrsBook, Layer
from gis_server.catalog.crs import WEB_MERCATOR
from gis_server.db.shapes import CLEARANCE, hashed_fields
from loaders.clearance import of_rings, of_shapes
from loaders.geometry import COLLECTION, Shapes
from loaders.mercator import in_mercator
from loaders.row_hash import Hashes, combined, value_hashes
from loaders.wkb import Numbers, Plain, Points, read_plain

CURVE_BITS = 15
PRINT, DRAWING = "_print", "_drawing"
"""Columns of mapped rows that are about the rows as they were delivered; they go no further."""
FAR_APART = 2.0
"""Rows are sorted when the way along them, as they came, is longer than this many times the way along the curve."""


@dataclass(frozen=True)
class Batch:
    """Some rows of one layer as they were mapped, and what is worked out of them once."""

    layer: Layer
    rows: pa.Table

    @cached_property
    def drawn(self) -> Numbers:
        """Places of the rows that have a geometry."""
        return np.flatnonzero(self._geom.is_valid().to_numpy(zero_copy_only=False))

    @cached_property
    def ewkb(self) -> pa.Array:
        """Geometries of those rows."""
        return self._geom.drop_null() if self._geom.null_count else self._geom

    @cached_property
    def plain(self) -> Plain | None:
        return read_plain(self.ewkb)

    @cached_property
    def shapes(self) -> Shapes:
        """The same as objects of GEOS."""
        shapes: Shapes = shapely.from_wkb(self.ewkb.to_numpy(zero_copy_only=False))
        return shapes

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """West, south, east, north of each."""
        if self.plain is None:
            boxes: NDArray[np.float64] = shapely.bounds(self.shapes)
            return boxes
        starts, points = self.plain.starts, self.plain.points
        low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
        return np.hstack([low, high])

    @property
    def clearances(self) -> pa.Array:
        """Metres between each one's corners and its sides; null where nobody measured."""
        measured = of_shapes(self.shapes) if self.plain is None else of_rings(self.plain)
        return pa.array(measured.astype(np.float32), mask=np.isnan(measured))

    @cached_property
    def hashes(self) -> Mapping[str, Hashes]:
        """Of each field's values."""
        return {name: value_hashes(self.rows.column(name).combine_chunks()) for name in self.layer.fields}

    @cached_property
    def row_hashes(self) -> NDArray[np.int64]:
        """Of each whole row, as PostgreSQL makes them."""
        parts = [self.hashes[name] for name in hashed_fields(self.layer)]
        return combined([*parts, value_hashes(self._geom)])

    def hash_of(self, fields: list[str]) -> NDArray[np.int64]:
        """Of some fields together."""
        return combined([self.hashes[name] for name in fields])

    @cached_property
    def signatures(self) -> Hashes:
        """Of the rows that have a geometry: alike for shapes with the same box and number of points."""
        points = self.plain.counts if self.plain is not None else shapely.get_num_coordinates(self.shapes)
        words = np.ascontiguousarray(np.column_stack([self.boxes + 0.0, points])).view(np.uint64)
        total = np.zeros(len(words), np.uint64)
        for column in words.T:
            total = (total ^ column) * np.uint64(0x9E3779B97F4A7C15)
            total ^= total >> np.uint64(29)
        return total

    @cached_property
    def kinds(self) -> NDArray[np.int8]:
        """Of the rows that have a geometry: 0 point, 1 line, 2 polygon, −1 what is no kind."""
        if self.plain is not None:
            return self.plain.kinds
        kinds: NDArray[np.int8] = shapely.get_dimensions(self.shapes).astype(np.int8)
        return np.where(shapely.get_type_id(self.shapes) == COLLECTION, np.int8(-1), kinds)

    def groups(self, by: list[str]) -> Hashes:
        """Of the rows that have a geometry, what keeps their coverage apart from others."""
        if not by:
            return np.zeros(len(self.drawn), np.uint64)
        return self.hash_of(by).view(np.uint64)[self.drawn]

    @property
    def drawings(self) -> Hashes | None:
        """Prints of the geometries as they were delivered, of the rows that have one; None where nobody asked."""
        return self.rows.column(DRAWING).to_numpy()[self.drawn] if DRAWING in self.rows.column_names else None

    @property
    def bare(self) -> "Batch":
        """Without the prints."""
        return Batch(self.layer, self.rows.drop_columns([PRINT, DRAWING])) if self.drawings is not None else self

    def without(self, rows: NDArray[np.bool_]) -> "Batch":
        return Batch(self.layer, self.rows.filter(pa.array(~rows))) if rows.any() else self

    @property
    def numbers(self) -> Numbers:
        """`_row` of each row."""
        numbers: Numbers = self.rows.column("_row").to_numpy()
        return numbers

    @property
    def _geom(self) -> pa.Array:
        return self.rows.column("geom").combine_chunks()

    def spread(self, values: pa.Array) -> pa.Array:
        """Values of the rows that have a geometry, with nulls for the others."""
        if len(values) == self.rows.num_rows:
            return values
        places = np.full(self.rows.num_rows, -1)
        places[self.drawn] = np.arange(len(self.drawn))
        return values.take(pa.array(places, mask=places < 0))


def prepared(batch: Batch, crs: CrsBook) -> pa.Table:
    """The rows as staging takes them."""
    rows = batch.rows.append_column("hash", pa.array(batch.row_hashes))
    rows = rows.append_column("geom_3857", batch.spread(mercator_copy(batch, crs)))
    rows = rows.append_column(CLEARANCE, batch.spread(batch.clearances))
    order = _order(batch)
    return rows if order is None else rows.take(pa.array(order))


def mercator_copy(batch: Batch, crs: CrsBook) -> pa.Array:
    """The geometries in Web Mercator, by the pinned shift."""
    if batch.plain is not None:
        return batch.plain.written(in_mercator(batch.plain.points, crs), WEB_MERCATOR)
    shapes = shapely.transform(batch.shapes, lambda points: in_mercator(points, crs))
    shapes = shapely.set_srid(shapes, WEB_MERCATOR)
    return pa.array(shapely.to_wkb(shapes, include_srid=True), pa.binary())


def _order(batch: Batch) -> Numbers | None:
    """Rows along the Hilbert curve; None where they lie side by side as they are."""
    if len(batch.drawn) < 2:
        return None
    centres = (batch.boxes[:, :2] + batch.boxes[:, 2:]) / 2
    order = np.argsort(_along_curve(centres), kind="stable")
    if _way(centres) <= FAR_APART * _way(centres[order]):
        return None
    without = np.setdiff1d(np.arange(batch.rows.num_rows), batch.drawn)
    return np.concatenate([batch.drawn[order], without])


def _way(points: Points) -> float:
    return float(np.abs(np.diff(points, axis=0)).sum())


def _along_curve(points: Points) -> NDArray[np.int64]:
    """Place of each point on a Hilbert curve through the box of all of them."""
    low = points.min(axis=0)
    size = max(float((points.max(axis=0) - low).max()), 1e-9)
    x, y = ((points - low) / size * ((1 << CURVE_BITS) - 1)).astype(np.int64).T
    place = np.zeros(len(points), np.int64)
    for bit in range(CURVE_BITS - 1, -1, -1):
        right, upper = (x >> bit) & 1, (y >> bit) & 1
        place = (place << 2) | ((3 * right) ^ upper)
        turned = upper == 0
        flipped = turned & (right == 1)
        x, y = np.where(flipped, ~x, x), np.where(flipped, ~y, y)
        x, y = np.where(turned, y, x), np.where(turned, x, y)
    return place
