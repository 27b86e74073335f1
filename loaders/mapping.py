"""Rows of a delivery → rows of our layers, by the profile, on whole Arrow columns."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gis_server.catalog import Catalog, Layer
from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese
from loaders import geometry
from loaders.account import NO_RULE, Account, Tally
from loaders.checks.finding import Finding
from loaders.conditions import as_number, rows_where
from loaders.fields import TYPES, Cells, typed, value_of
from loaders.letters.columns import StreamLetters
from loaders.letters.findings import letters_findings
from loaders.personal import Personal, read_personal
from loaders.profile_reader import columns_of
from loaders.profiles import FieldRule, FileRule, LayerRule, Profile, Turned, Width
from loaders.readers.columns import listed
from loaders.readers.stream import FAULT, Chunk, Stream
from loaders.rows import LINE_BITS, Mask, Rows
from loaders.selection import Selection, select

LOST_PARTS, TURNED = "GEO-06", "GEO-19"


def staging_schema(layer: Layer) -> pa.Schema:
    """Columns of a staging table in the order they are copied."""
    fields = [pa.field(name, TYPES[rule.type]) for name, rule in layer.fields.items()]
    ours = [("_row", pa.int64()), ("_feature", pa.int64()), ("_bad", pa.string()), ("_marks", pa.string())]
    return pa.schema([*ours, *fields, ("geom", pa.binary())])


@dataclass
class Mapping:
    """Maps the streams of one delivery; keeps the account as it goes."""

    catalog: Catalog
    account: Account
    features: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    """What was noticed about the delivered files themselves: their letters."""
    personal: Personal = field(default_factory=read_personal)

    def map(self, stream: Stream, profile: Profile, how: FileRule) -> Iterator[tuple[Layer, pa.Table]]:
        """Tables for staging, layer by layer, as the stream is read."""
        chosen = select(stream, profile, self.catalog)
        self._require_columns(stream, profile, chosen)
        self._name_unused(stream, profile, chosen)
        letters = StreamLetters(how.encoding or "auto", stream.page)
        read = 0
        for chunk in stream.chunks:
            rows = self._rows(stream, chunk, letters)
            read += rows.count
            if stream.expected is not None and read > stream.expected:
                raise _cut_short(stream, read)
            yield from _Chunk(self, rows).mapped(profile, chosen)
        if stream.expected not in (None, read):
            raise _cut_short(stream, read)
        for (line, reason), count in stream.left_out.items():
            self.account.lines[line].read += count
            self.account.lines[line].left_out[reason] += count
        self.findings += letters_findings(stream.name, letters)

    def _rows(self, stream: Stream, chunk: Chunk, letters: StreamLetters) -> Rows:
        """The chunk with numbers for its features."""
        _ = self.account.lines[chunk.kind]
        first = (self.account.places[chunk.kind] << LINE_BITS) + self.features[chunk.kind]
        self.features[chunk.kind] += chunk.rows.num_rows
        return Rows(stream, chunk, letters, self.catalog.crs, first)

    def _name_unused(self, stream: Stream, profile: Profile, chosen: Selection) -> None:
        """Columns that no rule reads, and among them those of personal data."""
        if stream.columns is None:
            return
        used = {name.lower() for name in chosen.needed(profile, self.catalog, also_optional=True)}
        unused = sorted(name for name in stream.columns if name.lower() not in used)
        personal = [name for name in unused if self.personal.by_name(name)]
        if personal:
            self.account.personal[stream.name] = personal
        if others := [name for name in unused if name not in personal]:
            self.account.unused[stream.name] = others

    def _require_columns(self, stream: Stream, profile: Profile, chosen: Selection) -> None:
        if stream.columns is None:
            return
        known = {name.lower() for name in stream.columns}
        needed = chosen.needed(profile, self.catalog)
        missing = sorted(name for name in needed if not name.startswith("@") and name.lower() not in known)
        if missing:
            raise DeliveryUnreadable(
                f"{stream.name} thiếu cột {', '.join(missing)}; có: {listed(stream.columns)}. "
                "Hãy sửa hồ sơ nạp, hoặc yêu cầu giao nộp lại.",
                f"{stream.name} lacks the columns {', '.join(missing)}; it has: {listed(stream.columns)}. "
                "Mend the profile, or ask for a new delivery.",
            )


@dataclass
class _Chunk:
    """One chunk while it is being mapped."""

    mapping: Mapping
    rows: Rows

    def mapped(self, profile: Profile, chosen: Selection) -> Iterator[tuple[Layer, pa.Table]]:
        matched = np.zeros(self.rows.count, dtype=bool)
        taken: dict[str, Mask] = {}
        for rule in chosen.layers:
            mask = self.rows.mask(rule.source)
            mask &= ~taken.get(rule.to, np.zeros(self.rows.count, dtype=bool))
            if mask.any():
                taken[rule.to] = taken.get(rule.to, np.zeros(self.rows.count, dtype=bool)) | mask
                matched |= mask
                yield self._made(rule, profile, mask)
        self._count(matched, chosen)
        self._tally(matched, chosen)

    def _made(self, rule: LayerRule, profile: Profile, mask: Mask) -> tuple[Layer, pa.Table]:
        layer = self.mapping.catalog[rule.to]
        places = pa.array(np.flatnonzero(mask))
        drawn = self._drawn(rule, layer, mask)
        cells = Cells(self._taken(places), drawn.shapes, len(places))
        columns, bad = self._fields(rule, profile, layer, cells)
        first = self.mapping.account.rows[layer.id]
        self.mapping.account.rows[layer.id] += len(places)
        made = {
            "_row": np.arange(first, first + len(places)),
            "_feature": self.rows.numbers[mask],
            "_bad": bad,
            "_marks": self._marks(places, drawn.lost, self._turned(rule)[mask]),
            **columns,
            "geom": drawn.encoded(),
        }
        return layer, pa.table(made, schema=staging_schema(layer))

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
        rules = profile.fields_of(rule, set(layer.fields))
        rules = {name: one for name, one in rules.items() if not self._is_personal(name, one, layer)}
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


def _cut_short(stream: Stream, read: int) -> DeliveryUnreadable:
    expected = stream.expected or 0
    return DeliveryUnreadable(
        f"{stream.name}: tệp ghi có {vietnamese(expected)} đối tượng nhưng chỉ đọc được {vietnamese(read)}; "
        "tệp bị cắt ngắn hoặc bị hỏng.",
        f"{stream.name}: the file says it has {expected:,} features but {read:,} could be read; it is damaged.",
    )
