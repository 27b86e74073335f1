"""Some rows of a delivery while they are mapped: columns are cleaned, and geometries moved, when first asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis_server.catalog import CrsBook
from gis_server.errors import DeliveryUnreadable
from loaders import geometry
from loaders.conditions import rows_where
from loaders.letters.columns import StreamLetters
from loaders.profiles import FromRule
from loaders.readers.stream import GEOMETRY, KIND, Chunk, Stream
from loaders.wkb import Plain, read_plain

LINE_BITS = 40
"""A feature's number is its account line's number, then its place among the features of that line."""

Mask = NDArray[np.bool_]


@dataclass
class Rows:
    """One chunk of a stream."""

    stream: Stream
    chunk: Chunk
    letters: StreamLetters
    crs: CrsBook
    first_number: int
    cleaned: dict[str, pa.Array] = field(default_factory=dict)
    whole: "tuple[Rows, pa.Array] | None" = None
    """Of which chunk these are only some rows, and their places in it."""

    @property
    def line(self) -> str:
        """The line of the account these rows are counted under."""
        return self.chunk.kind

    @property
    def names(self) -> list[str]:
        names: list[str] = self.chunk.rows.column_names
        return names

    def mask(self, source: FromRule) -> Mask:
        """The rows that a rule is for."""
        mask: Mask = rows_where(self.column, source.where, self.count).to_numpy(zero_copy_only=False)
        if len(source.kind) < len(geometry.KINDS):
            mask = mask & np.isin(self.kinds, [geometry.KINDS.index(kind) for kind in source.kind])
        return mask

    @property
    def count(self) -> int:
        rows: int = self.chunk.rows.num_rows
        return rows

    def chosen(self, which: Mask) -> "Rows":
        """Some of the rows, as they are among the others: what letters they have, all of a column say."""
        places = pa.array(np.flatnonzero(which))
        chunk = Chunk(self.chunk.kind, self.chunk.rows.take(places))
        return Rows(self.stream, chunk, self.letters, self.crs, self.first_number, whole=(self, places))

    def shapes_of(self, which: Mask, columns: Iterable[str]) -> "Rows":
        """Copies of some rows' geometries, with these columns: they keep nothing else of the chunk in memory."""
        places = pa.array(np.flatnonzero(which))
        chunk = Chunk(self.chunk.kind, self.chunk.rows.select([GEOMETRY]).take(places))
        cleaned = {name: self.column(name).take(places) for name in columns}
        return Rows(self.stream, chunk, self.letters, self.crs, self.first_number, cleaned)

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        if self.whole is not None:
            chosen: NDArray[np.int64] = self.whole[0].numbers[self.whole[1].to_numpy()]
            return chosen
        return np.arange(self.first_number, self.first_number + self.count, dtype=np.int64)

    @cached_property
    def shapes(self) -> geometry.Shapes:
        return geometry.decoded(self.chunk.rows.column(GEOMETRY))

    @cached_property
    def in_grid(self) -> geometry.Shapes:
        if self.stream.srid is None:
            return self.shapes
        return geometry.in_grid(self.shapes, self.stream.srid, self.crs)

    @cached_property
    def plain(self) -> Plain | None:
        """The shapes as arrays of vertices, where all of them are that simple."""
        return read_plain(self.chunk.rows.column(GEOMETRY).combine_chunks())

    @cached_property
    def stored(self) -> pa.Array:
        """Plain shapes in the stored grid, as staging takes them."""
        assert self.plain is not None
        return geometry.plain_in_grid(self.plain, self.stream.srid, self.crs)

    @cached_property
    def kinds(self) -> NDArray[np.int8]:
        kinds = geometry.kinds_of(self.shapes) if self.plain is None else self.plain.kinds
        if KIND not in self.names:
            return kinds
        said = pc.index_in(self.column(KIND), value_set=pa.array(geometry.KINDS)).to_numpy(zero_copy_only=False)
        return np.where(kinds < 0, said, kinds).astype(np.int8)

    def column(self, name: str) -> pa.Array:
        """A column by its name, or nulls; its text in Unicode."""
        if name not in self.cleaned:
            self.cleaned[name] = self._read_column(name)
        return self.cleaned[name]

    def _read_column(self, name: str) -> pa.Array:
        if self.whole is not None:
            return self.whole[0].column(name).take(self.whole[1])
        match name if name not in self.names else None:
            case "@file":
                return pa.repeat(pa.scalar(PurePosixPath(self.stream.file).stem), self.count)
            case "@layer":
                return pa.repeat(pa.scalar(self.stream.layer), self.count)
            case "@row":
                return pa.array((self.numbers & ((1 << LINE_BITS) - 1)) + 1)
        real = _same_name(name, self.chunk.rows.column_names)
        if real is None:
            return pa.nulls(self.count, pa.string())
        column = self.chunk.rows.column(real)
        if not is_text(column.type, self.stream):
            return column.combine_chunks()
        try:
            return self.letters.clean(real, column).combine_chunks()
        except UnicodeDecodeError as error:
            raise _wrong_letters(self.stream.name, name, error) from error


def is_text(kind: pa.DataType, stream: Stream) -> bool:
    """Text, or bytes that a reader hands on because only the letters can tell what text they are."""
    if pa.types.is_binary(kind):
        return stream.page == "bytes"
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _same_name(name: str, names: list[str]) -> str | None:
    if name in names:
        return name
    return next((one for one in names if one.lower() == name.lower()), None)


def _wrong_letters(stream: str, column: str, error: UnicodeDecodeError) -> DeliveryUnreadable:
    sample = bytes(error.object[:60]).decode("latin-1")
    return DeliveryUnreadable(
        f"{stream}, cột {column}: chữ không theo bảng mã UTF-8 (ví dụ “{sample}”). Hãy bỏ `encoding: utf-8` "
        "trong hồ sơ nạp để chương trình tự nhận, hoặc ghi `tcvn3`, `vni`, `cp1258`.",
        f"{stream}, column {column}: the letters are not UTF-8 (e.g. “{sample}”). Take `encoding: utf-8` out of "
        "the profile, so that the letters decide, or say `tcvn3`, `vni` or `cp1258`.",
    )
