"""Which rows may have a fault, found on whole columns while a delivery is read; statements then look at those alone.

Each test here lets nothing pass that its statement would find, and may name a row too many: the statement decides. So a
sound delivery is checked without asking the database, and findings are worded in one place.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.checks import AreaCheck, Coverage, CoverageCheck, DistinctCheck
from gis_server.catalog.model import FieldRule
from loaders.checks.drawings import Drawings
from loaders.checks.edges import Edges
from loaders.checks.seams import Seams
from loaders.geometry import KINDS
from loaders.memory.again import Again
from loaders.memory.past import KEY, KIND
from loaders.memory.spool import Spool
from loaders.prepare import Batch
from loaders.row_hash import Hashes
from loaders.wkb import Numbers

Mask = NDArray[np.bool_]
DISTINCT = "distinct"
SLIVER_M = 0.05
SPIKE_SLOPE = 0.018
"""Over the tangent of one degree, within which a spike turns back."""
MOST_VERTICES = 50_000
SLACK = 1.000001
"""By so much tests on areas and lengths are wider than their statements."""


@dataclass
class Suspects:
    """Rows (`_row`) by layer and check, and the values that must be unique, as hashes."""

    catalog: Catalog
    found: defaultdict[tuple[str, str], list[Numbers]] = field(default_factory=lambda: defaultdict(list))
    once: Spool = field(default_factory=Spool)
    """Hashes of what must be there once, and the rows they are of."""
    drawings: dict[str, Drawings] = field(default_factory=dict)
    """By layer, of those whose surfaces should lie side by side."""
    kinds: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Kinds of geometry that came, by layer."""

    def look_at(self, batch: Batch) -> Mask:
        """Which rows one of the tests names."""
        layer, named = batch.layer, np.zeros(batch.rows.num_rows, bool)
        for check, places in self._tests(batch):
            if len(places):
                self.found[layer.id, check].append(batch.numbers[places])
                named[places] = True
        self._note(layer, "key", _together(batch, layer.key), batch.numbers)
        for what, name in uniques(layer).items():
            filled = batch.rows.column(name).is_valid().to_numpy()
            self._note(layer, what, _together(batch, [name])[filled], batch.numbers[filled])
        if is_distinct(layer):
            self._note(layer, DISTINCT, batch.signatures, batch.numbers[batch.drawn])
        return named

    def take(self, again: Again) -> None:
        """Rows that came before: none of the tests named them then, nor would it now."""
        layer = again.layer
        self.kinds[layer.id].update(np.unique(again.column(KIND)).tolist())
        self._note(layer, "key", again.column(KEY).view(np.uint64), again.numbers)
        for what in [*uniques(layer), *([DISTINCT] if is_distinct(layer) else [])]:
            there = again.column(f"there {what}")
            self._note(layer, what, again.column(what)[there], again.numbers[there])
        check = own_coverage(layer)
        if check is not None:
            self._drawings(layer, check).take(again)

    def close(self) -> None:
        """Nothing more will be asked."""
        self.drawings.clear()
        self.once.close()

    def misfits(self, layer: Layer) -> NDArray[np.int64] | None:
        """Rows whose surfaces may not fit to their neighbours; None when all must be looked at."""
        found = self.drawings[layer.id].suspects() if layer.id in self.drawings else None
        return None if found is None else np.union1d(found, self.rows(layer, "validity")).astype(np.int64)

    def rows(self, layer: Layer, *checks: str) -> list[int]:
        """Rows that one of the checks should look at."""
        found = [rows for check in checks for rows in self.found.get((layer.id, check), [])]
        rows: list[int] = np.unique(np.concatenate(found)).tolist() if found else []
        return rows

    def has_none(self, layer: Layer) -> bool:
        """Whether no test of one row named any."""
        return not any(named == layer.id for named, _ in self.found)

    def has_every_kind(self, layer: Layer) -> bool:
        """Whether each kind of geometry that the layer may have came."""
        return {KINDS.index(kind) for kind in layer.file.geometry} <= self.kinds[layer.id]

    def repeats(self, layer: Layer, what: str) -> Numbers:
        """Rows whose key, unique field or drawing may be there twice."""
        hashes = self.once.column(f"{layer.id} {what}")
        ordered = np.sort(hashes)
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        return self.noted(layer, what)[np.isin(hashes, again)] if len(again) else np.zeros(0, np.int64)

    def noted(self, layer: Layer, what: str) -> Numbers:
        """Rows whose key, unique field or drawing must be there once."""
        return self.once.column(f"{layer.id} {what} of")

    def _note(self, layer: Layer, what: str, hashes: Hashes, numbers: Numbers) -> None:
        self.once.add(f"{layer.id} {what}", hashes)
        self.once.add(f"{layer.id} {what} of", numbers)

    def _tests(self, batch: Batch) -> Iterator[tuple[str, Numbers]]:
        rows = batch.rows
        yield "type", _places(rows.column("_bad").is_valid())
        yield "marks", _places(rows.column("_marks").is_valid())
        yield "empty", _places(rows.column("geom").is_null())
        for name, about in batch.layer.fields.items():
            for wrong in _wrong(rows.column(name), about, self._codes(about), name in batch.layer.key):
                yield "attributes", _places(wrong)
        if len(batch.drawn):
            for check, mask in self._drawn(batch):
                yield check, batch.drawn[mask]

    def _codes(self, about: FieldRule) -> pa.Array | None:
        return None if about.domain is None else pa.array(self.catalog.domains[about.domain].values.keys(), pa.string())

    def _drawn(self, batch: Batch) -> Iterator[tuple[str, Mask]]:
        """Tests of the rows that have a geometry."""
        west, south, east, north = self.catalog.crs.file.extent
        boxes, kinds = batch.boxes, batch.kinds
        self.kinds[batch.layer.id].update(np.flatnonzero(np.bincount(kinds[kinds >= 0], minlength=1)).tolist())
        outside = (boxes[:, 0] < west) | (boxes[:, 1] < south) | (boxes[:, 2] > east) | (boxes[:, 3] > north)
        yield "extent", outside
        yield "validity", ~np.isfinite(boxes.sum(axis=1))
        yield "kind", ~np.isin(kinds, [KINDS.index(kind) for kind in batch.layer.file.geometry])
        if not (kinds > 0).any():
            return
        edges = Edges.of(batch.plain, None if batch.plain is not None else batch.shapes)
        yield "lines", _odd_outlines(edges)
        yield "validity", _invalid(batch, edges, kinds)
        area, length = _sizes(batch, edges)
        surface = kinds == 2
        yield "slivers", surface & (2 * area < SLIVER_M * SLACK * length)
        for check in batch.layer.file.checks:
            if isinstance(check, AreaCheck):
                yield "area", surface & _other_area(batch, check, area)
        coverage = own_coverage(batch.layer)
        if coverage is not None:
            self._drawings(batch.layer, coverage).add(batch, edges, batch.groups(coverage.by))

    def _drawings(self, layer: Layer, coverage: Coverage) -> Drawings:
        return self.drawings.setdefault(layer.id, Drawings(Seams(coverage.gap_m)))


def own_coverage(layer: Layer) -> Coverage | None:
    """The check of a layer's surfaces side by side, where it is one and asks no other layer."""
    checks = [check.coverage for check in layer.file.checks if isinstance(check, CoverageCheck)]
    return checks[0] if len(checks) == 1 and not checks[0].others else None


def is_distinct(layer: Layer) -> bool:
    return any(isinstance(check, DistinctCheck) for check in layer.file.checks)


def uniques(layer: Layer) -> dict[str, str]:
    """Fields besides the key whose values must be there once, by what is remembered of them."""
    return {f"unique {name}": name for name, about in layer.fields.items() if about.unique and layer.key != [name]}


def _places(mask: pa.ChunkedArray) -> Numbers:
    if pc.any(mask).as_py() is not True:
        return np.zeros(0, np.int64)
    return np.flatnonzero(pc.fill_null(mask, False).combine_chunks().to_numpy(zero_copy_only=False))


def _wrong(
    column: pa.ChunkedArray, about: FieldRule, codes: pa.Array | None, in_key: bool
) -> Iterator[pa.ChunkedArray]:
    if about.required or in_key:
        yield column.is_null()
    if column.null_count == len(column):
        return
    if codes is not None:
        yield pc.and_(column.is_valid(), pc.invert(pc.is_in(column, value_set=codes)))
    if about.length is not None:
        yield pc.greater(pc.utf8_length(column), about.length)
    if about.range is not None:
        low, high = about.range
        yield pc.or_(pc.less(column, low), pc.greater(column, high))


def _together(batch: Batch, names: list[str]) -> Hashes:
    return batch.hash_of(names).view(np.uint64)


def _odd_outlines(edges: Edges) -> Mask:
    """Points that repeat, spikes, whole metres, too many vertices."""
    odd = np.bincount(edges.owner, minlength=edges.shapes) > MOST_VERTICES
    x, y = edges.along
    cross, dot = edges.turns
    sharp = ((x == 0) & (y == 0)) | ((dot < 0) & (np.abs(cross) <= -SPIKE_SLOPE * dot))
    odd[edges.of_shape[sharp]] = True
    odd[_on_whole_metres(edges)] = True
    return odd


def _on_whole_metres(edges: Edges) -> Numbers:
    first = edges.inner[edges.firsts]
    whole = (edges.points[first] % 1 == 0).all(axis=1)
    if not whole.any():
        return np.zeros(0, np.int64)
    broken = np.bincount(edges.owner, weights=(edges.points % 1 != 0).any(axis=1), minlength=edges.shapes)
    return np.flatnonzero(broken == 0)


def _invalid(batch: Batch, edges: Edges, kinds: NDArray[np.int8]) -> Mask:
    """What GEOS calls invalid; a convex ring it need not be asked about."""
    wrong = np.zeros(len(kinds), bool)
    if batch.plain is None:
        wrong[:] = ~shapely.is_valid(batch.shapes)
        return wrong
    asked = np.flatnonzero((kinds > 0) & ~((kinds == 2) & edges.convex))
    if len(asked):
        wkb = batch.ewkb.take(pa.array(asked)).to_numpy(zero_copy_only=False)
        wrong[asked] = ~shapely.is_valid(shapely.from_wkb(wkb))
    return wrong


def _sizes(batch: Batch, edges: Edges) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if batch.plain is not None:
        return edges.area, edges.length
    return shapely.area(batch.shapes), shapely.length(batch.shapes)


def _other_area(batch: Batch, check: AreaCheck, area: NDArray[np.float64]) -> Mask:
    asked = check.area
    said = pc.cast(batch.rows.column(asked.field), pa.float64()).combine_chunks().to_numpy(zero_copy_only=False)
    said = said[batch.drawn] * asked.unit_m2
    other: Mask = np.abs(area - said) * SLACK + 1e-6 > np.maximum(asked.share * said, asked.least_m2)
    return other
