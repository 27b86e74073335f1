"""Opens a delivery and notes what is in it, from a sample of each layer read in the confined child."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text
from gis_server.catalog.places import Places
from gis_server.errors import DeliveryUnreadable
from loaders import geometry
from loaders.child.host import Child, reading_child
from loaders.child.wire import Request
from loaders.crs import Locator
from loaders.deliveries import DeliveredFile, open_delivery
from loaders.families import OBJECT_CODE
from loaders.inspection.facts import ColumnFacts, Inspection, LayerFacts
from loaders.inspection.grids import NO_COORDINATES, by_columns, by_format, grid_words
from loaders.inspection.rasters import look_at
from loaders.inspection.tables import TableGuess, guess_tables
from loaders.inspection.targets import Guesser, read_guesser
from loaders.inspection.verdicts import read_verdicts
from loaders.letters.columns import StreamLetters
from loaders.letters.findings import NOTICED
from loaders.personal import Personal, folded, read_personal
from loaders.plan import columns_read
from loaders.profile_reader import read_profile
from loaders.profiles import FileRule
from loaders.rasters.order import RasterOrder
from loaders.readers.stream import GEOMETRY, KIND, Chunk, Stream
from loaders.rows import is_text
from loaders.sniff import verify

SAMPLE = 2_000
EXAMPLES = 3
FEW = 40
"""A column of at most so many different values may be one of codes: all of them are noted."""
EXAMPLE_LENGTH = 40
MASK = "•••"
NO_GEOMETRY = Text(
    vi="bảng không có hình học hay cột tọa độ nên chưa thành lớp; hãy nối với một lớp theo mã, hoặc thêm tọa độ",
    en="a table without geometry or coordinates: no layer by itself; join it by code, or add coordinates",
)
NO_TARGET = Text(
    vi="không đoán được lớp đích; hãy chọn bằng `bando layers` rồi viết hồ sơ nạp",
    en="no target layer could be guessed; choose one with `bando layers` and write a profile",
)
NO_ROWS = Text(vi="không có dòng nào", en="no rows")


def inspect_delivery(path: Path, catalog: Catalog, locator: Locator | None = None) -> Inspection:
    """Everything in a delivery; a file that cannot be read is a line of the verdict, not the end of it.

    The locator finds the grids; without one nothing served and no commune codes are held against the files.
    """
    found = Inspection(path.name)
    with reading_child() as child, open_delivery(path, any_file=True) as delivery:
        grids = locator or Locator(catalog, Places((), ()), path=path)
        survey = _Survey(grids, child, read_guesser(catalog), read_personal())
        for file in delivery.files:
            if file.reader is None:
                found.unread[file.name] = file.reason or Text(vi="không đọc được", en="cannot be read")
                continue
            try:
                found.layers += survey.layers(file)
            except DeliveryUnreadable as error:
                found.problems[file.name] = Text(vi=error.vi, en=error.en)
    return found


class _Survey:
    """One walk over a delivery."""

    def __init__(self, locator: Locator, child: Child, guesser: Guesser, personal: Personal) -> None:
        self.catalog, self.locator = locator.catalog, locator
        self.child, self.guesser, self.personal = child, guesser, personal
        self.seen: set[str] = set()
        self.verdicts = read_verdicts()

    def layers(self, file: DeliveredFile) -> list[LayerFacts]:
        verify(file.path, file.name)
        if file.reader != "table":
            how = FileRule()
            return [self._facts(stream, file, how) for stream in self.child.streams(self._request(file, how))]
        return [one for guess in guess_tables(file.path, self.catalog.crs.stored) for one in self._table(file, guess)]

    def _table(self, file: DeliveredFile, guess: TableGuess) -> Iterator[LayerFacts]:
        how = guess.how if guess.grid_known else guess.how.model_copy(update={"crs": None})
        for stream in self.child.streams(self._request(file, how)):
            facts = self._facts(stream, file, how)
            facts.reading = guess.how.model_dump(exclude_defaults=True)
            yield facts

    def _request(self, file: DeliveredFile, how: FileRule) -> Request:
        assert file.reader is not None
        if file.reader not in ("osm", "overpass"):
            counted = file.reader in ("table", "json")
            raster = RasterOrder(self.catalog.crs)
            return Request(file.path, file.name, file.reader, how, sample=None if counted else SAMPLE, raster=raster)
        profile = read_profile("osm", self.catalog)
        columns = frozenset(columns_read(profile, self.catalog))
        return Request(file.path, file.name, file.reader, how, columns, profile.areas)

    def _facts(self, stream: Stream, file: DeliveredFile, how: FileRule) -> LayerFacts:
        grid = self._grid(stream, how)
        sample, kinds, rows = self._sampled(stream)
        shapes = geometry.decoded(sample.column(GEOMETRY)) if sample is not None else np.array([], dtype=object)
        letters = StreamLetters("auto", stream.page)
        if sample is not None:
            sample = _readable(sample, stream, letters)
        facts = LayerFacts(
            stream.file, stream.layer, stream.expected, dict(kinds), [], Text(vi="-", en="-"), _letters(letters, file)
        )
        facts.rows = rows if stream.expected is None else stream.expected
        facts.grid, facts.extent = grid, _extent(shapes)
        if file.reader == "raster" and sample is not None:
            look_at(facts, sample)
        if sample is not None:
            facts.columns = [self._column(name, sample.column(name)) for name in sample.column_names if name[0] != "@"]
        if not rows:
            facts.verdict = NO_ROWS
        elif not kinds:
            facts.verdict = NO_GEOMETRY
        self.guesser.guess(facts, _object_codes(sample))
        if facts.verdict is None and not facts.targets:
            facts.verdict = NO_TARGET
        if facts.verdict in (NO_TARGET, NO_GEOMETRY):
            facts.verdict = self.verdicts.about(facts) or facts.verdict
        return facts

    def _sampled(self, stream: Stream) -> tuple[pa.Table | None, Counter[str], int]:
        """The first rows, geometry kinds and how many rows came."""
        kept: list[pa.Table] = []
        kinds: Counter[str] = Counter()
        rows = 0
        for chunk in stream.chunks:
            fresh = self._fresh(chunk)
            kinds.update(_kinds(fresh))
            if rows < SAMPLE:
                kept.append(fresh.slice(0, SAMPLE - rows))
            rows += fresh.num_rows
        sample = pa.concat_tables(kept, promote_options="default") if kept else None
        return sample, kinds, rows

    def _fresh(self, chunk: Chunk) -> pa.Table:
        """Objects of Overpass answers that no earlier file brought."""
        if "@osm" not in chunk.rows.column_names:
            return chunk.rows
        names = chunk.rows.column("@osm").to_pylist()
        fresh = pa.array([name not in self.seen for name in names])
        self.seen.update(names)
        return chunk.rows.filter(fresh)

    def _column(self, name: str, values: pa.ChunkedArray) -> ColumnFacts:
        known = pc.drop_null(_plain(values))
        texts = pc.unique(known).to_pylist() if not pa.types.is_nested(known.type) else []
        personal = self.personal.by_name(name) or self.personal.by_values(known)
        shown = tuple(str(one)[:EXAMPLE_LENGTH] for one in texts if str(one).strip())
        few = shown if len(shown) <= FEW and not personal else ()
        examples = (MASK,) if personal and shown else shown[:EXAMPLES]
        filled = len(known) / max(len(values), 1)
        return ColumnFacts(name, _type(values.type), round(filled, 2), examples, len(texts), personal, few)

    def _grid(self, stream: Stream, how: FileRule) -> Text:
        """Which grid the first rows say they are in, and how sure that is; before anything else is read of them."""
        if not stream.placed:
            return NO_COORDINATES
        if stream.srid is not None:
            return by_format(stream.srid)
        if how.crs is not None:
            return by_columns(how.crs)
        return grid_words(self.locator.verdict(stream, how), self.catalog.crs)


def _kinds(rows: pa.Table) -> Counter[str]:
    kinds = geometry.kinds_of(geometry.decoded(rows.column(GEOMETRY)))
    counted = Counter({kind: int((kinds == place).sum()) for place, kind in enumerate(geometry.KINDS)})
    if KIND in rows.column_names:
        said = rows.column(KIND).filter(pa.array(kinds < 0)).to_pylist()
        counted.update(one for one in said if one)
    return Counter({kind: count for kind, count in counted.items() if count})


def _extent(shapes: geometry.Shapes) -> tuple[float, float, float, float] | None:
    drawn = shapes[~shapely.is_missing(shapes)]
    if not len(drawn) or not np.isfinite(bounds := shapely.total_bounds(drawn)).all():
        return None
    west, south, east, north = (round(float(one), 4) for one in bounds)
    return west, south, east, north


def _readable(sample: pa.Table, stream: Stream, letters: StreamLetters) -> pa.Table:
    """The sample with its text as the letters say it is."""
    for place, name in enumerate(sample.column_names):
        values = sample.column(place)
        if name[0] != "@" and is_text(values.type, stream):
            sample = sample.set_column(place, name, letters.clean(name, values))
    return sample


def _letters(found: StreamLetters, file: DeliveredFile) -> Text:
    """How the columns beyond ASCII were read, by the letters themselves; and what a .cpg claims."""
    read: Counter[str] = Counter()
    for column in found.columns.values():
        read.update({name: rows for name, rows in column.rows.items() if name not in NOTICED})
    ways = ", ".join(f"{name} ({rows:,})" for name, rows in read.most_common())
    code_page = file.path.with_suffix(".cpg")
    said = code_page.read_text(errors="replace").strip()[:20] if code_page.exists() else ""
    claim = f"; .cpg: {said}" if said else ""
    if not ways:
        return Text(vi=f"chỉ có chữ ASCII{claim}", en=f"ASCII only{claim}")
    return Text(vi=f"{ways}, nhận ra từ chính các chữ{claim}", en=f"{ways}, by the letters themselves{claim}")


def _object_codes(sample: pa.Table | None) -> pa.Array | None:
    if sample is None:
        return None
    name = next((one for one in sample.column_names if folded(one) == OBJECT_CODE), None)
    if name is None or not pa.types.is_string(sample.column(name).type):
        return None
    return pc.drop_null(sample.column(name).combine_chunks())


def _plain(values: pa.ChunkedArray) -> pa.Array:
    """The values of a column; GDAL marks JSON in text as a type of its own."""
    column = values.combine_chunks()
    return column.storage if isinstance(column.type, pa.BaseExtensionType) else column


def _type(kind: pa.DataType) -> str:
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_boolean(kind):
        return "boolean"
    return "datetime" if pa.types.is_temporal(kind) else str(kind)
