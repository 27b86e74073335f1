"""One chunk of a delivery → rows of our layers, by the rules that are for it; rows that came before are only told."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gis_server.catalog import Layer
from loaders import geometry
from loaders.account import NO_RULE, Tally
from loaders.conditions import as_number, rows_where
from loaders.fields import TYPES, Cells, typed, value_of
from loaders.memory.again import Again, Drawn
from loaders.memory.sight import Seen, Sight
from loaders.profile_reader import columns_of
from loaders.profiles import FieldRule, LayerRule, Profile, Turned, Width
from loaders.readers.stream import FAULT
from loaders.rows import Mask, Rows
from loaders.selection import Selection

if TYPE_CHECKING:
    from loaders.mapping import Mapping

LOST_PARTS, TURNED = "GEO-06", "GEO-19"


def staging_schema(layer: Layer) -> pa.Schema:
    """Columns of a staging table in the order they are copied."""
    fields = [pa.field(name, TYPES[rule.type]) for name, rule in layer.fields.items()]
    ours = [("_row", pa.int64()), ("_feature", pa.int64()), ("_bad", pa.string()), ("_marks", pa.string())]
    return pa.schema([*ours, *fields, ("geom", pa.binary())])


@dataclass
class MappedChunk:
    """One chunk while it is being mapped."""

    mapping: "Mapping"
    rows: Rows
    sight: Sight | None = None

    def mapped(self, profile: Profile, chosen: Selection) -> Iterator[tuple[Layer, pa.Table]]:
        matched = np.zeros(self.rows.count, dtype=bool)
        taken: dict[str, Mask] = {}
        for rule in chosen.layers:
            mask = self.rows.mask(rule.source)
            mask &= ~taken.get(rule.to, np.zeros(self.rows.count, dtype=bool))
            if mask.any():
                taken[rule.to] = taken.get(rule.to, np.zeros(self.rows.count, dtype=bool)) | mask
                matched |= mask
                yield self._new(rule, profile, mask)
        self._count(matched, chosen)
        self._tally(matched, chosen)

    def _new(self, rule: LayerRule, profile: Profile, mask: Mask) -> tuple[Layer, pa.Table]:
        """The rows that a rule is for, but for those that came before: they are handed on as they are remembered."""
        layer = self.mapping.catalog[rule.to]
        numbers = self.mapping.account.rows[layer.id] + np.cumsum(mask) - 1
        self.mapping.account.rows[layer.id] += int(mask.sum())
        rules = self._rules(rule, profile, layer)
        seen = self._seen(rule, rules)
        if seen is None:
            return layer, self._made(rule, profile, mask, numbers)
        again = mask & seen.again
        if not again.any():
            return layer, seen.appended_to(self._made(rule, profile, mask, numbers), mask)
        self._put(layer, rule, seen, (again, numbers))
        rest = mask & ~again
        new = MappedChunk(self.mapping, self.rows.chosen(rest))
        made = new._made(rule, profile, np.ones(new.rows.count, bool), numbers[rest])
        return layer, seen.appended_to(made, rest)

    def _seen(self, rule: LayerRule, rules: dict[str, FieldRule]) -> Seen | None:
        """What the rows that a rule reads have for prints, where anything is to be remembered of them."""
        if self.sight is None or self.mapping.recall is None:
            return None
        columns = {name: None for one in rules.values() for name in sorted(columns_of(one))}
        columns |= dict.fromkeys(sorted(rule.geometry_columns))
        return self.sight.look(self.rows, rule, list(columns), self.mapping.recall.past(rule.to))

    def _put(self, layer: Layer, rule: LayerRule, seen: Seen, which: tuple[Mask, NDArray[np.int64]]) -> None:
        (again, numbers), recall, past = which, self.mapping.recall, seen.past
        assert recall is not None
        assert past is not None
        recall.tell(
            Again(
                layer,
                past,
                seen.places[again],
                numbers[again],
                features=self.rows.numbers[again],
                apart=lambda: self._apart(rule, layer, again),
            )
        )

    def _apart(self, rule: LayerRule, layer: Layer, which: Mask) -> Drawn:
        rows = self.rows.shapes_of(which, rule.geometry_columns)
        alone = MappedChunk(self.mapping, rows)
        return Drawn(rows.chunk.rows.nbytes, lambda: alone._drawn(rule, layer, np.ones(rows.count, bool)).encoded())

    def _made(self, rule: LayerRule, profile: Profile, mask: Mask, numbers: NDArray[np.int64]) -> pa.Table:
        layer = self.mapping.catalog[rule.to]
        places = pa.array(np.flatnonzero(mask))
        drawn = self._drawn(rule, layer, mask)
        cells = Cells(self._taken(places), drawn.shapes, len(places))
        columns, bad = self._fields(rule, profile, layer, cells)
        made = {
            "_row": numbers[mask],
            "_feature": self.rows.numbers[mask],
            "_bad": bad,
            "_marks": self._marks(places, drawn.lost, self._turned(rule)[mask]),
            **columns,
            "geom": drawn.encoded(),
        }
        return pa.table(made, schema=staging_schema(layer))

    def _taken(self, places: pa.Array) -> Callable[[str], pa.Array]:
        """Columns of the rows at these places."""
        if len(places) == self.rows.count:
            return self.rows.column
        return lambda name: pc.take(self.rows.column(name), places)

    def _drawn(self, rule: LayerRule, layer: Layer, mask: Mask) -> geometry.Drawn:
        """The geometries that a rule makes; plain ones that stay as they are never become objects."""
        srid = self.mapping.catalog.crs.stored
        if rule.geometry == "as_is" and self.rows.plain is not None:
            stored = self.rows.stored if mask.all() else self.rows.stored.filter(pa.array(mask))
            return geometry.Drawn(
                lambda: geometry.decoded(pa.chunked_array([stored])), lambda: stored, np.zeros(len(stored), bool)
            )
        shapes, lost = geometry.unwrapped(self.rows.in_grid[mask], layer.file.geometry)
        shaped = self._shaped(rule, shapes, mask)
        return geometry.Drawn(lambda: shaped, lambda: geometry.encoded(shaped, srid), lost)

    def _fields(
        self, rule: LayerRule, profile: Profile, layer: Layer, cells: Cells
    ) -> tuple[dict[str, pa.Array], pa.Array]:
        rules = self._rules(rule, profile, layer)
        columns: dict[str, pa.Array] = {}
        wrong: dict[str, pa.Array] = {}
        for name, about in layer.fields.items():
            if name not in rules:
                columns[name] = pa.nulls(cells.rows, TYPES[about.type])
                continue
            source = value_of(rules[name], cells, profile)
            columns[name] = typed(source, about.type, rules[name].date)
            if columns[name].null_count > source.null_count:
                wrong[name] = pc.if_else(pc.is_null(columns[name]), pc.cast(source, pa.string()), None)
        return columns, _as_json(wrong, cells.rows)

    def _rules(self, rule: LayerRule, profile: Profile, layer: Layer) -> dict[str, FieldRule]:
        """In the order of the layer's fields, without those of personal data."""
        rules = profile.fields_of(rule, set(layer.fields))
        ordered = {name: rules[name] for name in layer.fields if name in rules}
        return {name: one for name, one in ordered.items() if not self._is_personal(name, one, layer)}

    def _is_personal(self, name: str, rule: FieldRule, layer: Layer) -> bool:
        """Whether a field asks for personal data that only a restricted field may hold; such columns are dropped."""
        access = layer.fields[name].access or layer.file.access
        asked = [column for column in sorted(columns_of(rule)) if self.mapping.personal.by_name(column)]
        if not asked or access == "restricted":
            return False
        told = self.mapping.account.personal.setdefault(self.rows.stream.name, [])
        told += [column for column in asked if column not in told]
        return True

    def _shaped(self, rule: LayerRule, shapes: geometry.Shapes, mask: Mask) -> geometry.Shapes:
        match rule.geometry:
            case "boundary":
                return geometry.boundaries(shapes)
            case "centre":
                return geometry.shapely_rounded(geometry.centres(shapes))
            case "surface":
                return geometry.surfaces(shapes)
            case Width(width=width):
                return geometry.widened(shapes, self._width(width)[mask])
            case Turned():
                return geometry.turned(shapes, self._turned(rule)[mask])
            case _:
                return shapes

    def _width(self, width: str | float) -> NDArray[np.float64]:
        if isinstance(width, float):
            return np.full(self.rows.count, width)
        numbers: NDArray[np.float64] = as_number(self.rows.column(width)).to_numpy(zero_copy_only=False)
        return numbers

    def _turned(self, rule: LayerRule) -> Mask:
        """Lines that are drawn against the way they run."""
        if not isinstance(rule.geometry, Turned):
            return np.zeros(self.rows.count, dtype=bool)
        against: Mask = rows_where(self.rows.column, rule.geometry.reverse_where, self.rows.count).to_numpy(False)
        return against

    def _marks(self, places: pa.Array, lost: Mask, turned: Mask) -> pa.Array:
        """Codes of what happened to a geometry before it came here."""
        marks = pc.if_else(pa.array(turned), pa.scalar(TURNED), pa.scalar(None, pa.string()))
        marks = pc.if_else(pa.array(lost), pa.scalar(LOST_PARTS), marks)
        if FAULT in self.rows.names:
            marks = pc.coalesce(pc.take(self.rows.column(FAULT), places), marks)
        return marks

    def _count(self, matched: Mask, chosen: Selection) -> None:
        line = self.mapping.account.lines[self.rows.line]
        line.read += self.rows.count
        line.matched += int(matched.sum())
        rest = ~matched
        for skip in chosen.skip:
            if not rest.any():
                return
            mask = rest & self.rows.mask(skip.source)
            line.left_out[skip.reason] += int(mask.sum())
            rest &= ~mask
        if rest.any():
            line.left_out[NO_RULE] += int(rest.sum())

    def _tally(self, matched: Mask, chosen: Selection) -> None:
        for rule in chosen.tally:
            mask = self.rows.mask(rule.source)
            tally = self.mapping.account.tallies.setdefault(rule.name, Tally())
            tally.read += int(mask.sum())
            tally.mapped += int((mask & matched).sum())
            tally.drawn += int((mask & ~shapely.is_missing(self.rows.shapes)).sum())
            if FAULT in self.rows.names:
                tally.faults.update(code for code in self.rows.column(FAULT).filter(mask).drop_null().to_pylist())


def _as_json(wrong: dict[str, pa.Array], rows: int) -> pa.Array:
    """The texts that are not of their field's type, row by row; only such rows are walked."""
    texts: list[str | None] = [None] * rows
    for place in sorted({int(one) for column in wrong.values() for one in np.flatnonzero(column.is_valid())}):
        values = {name: column[place].as_py() for name, column in wrong.items()}
        texts[place] = json.dumps({name: value for name, value in values.items() if value is not None})
    return pa.array(texts, pa.string())
