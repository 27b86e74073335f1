"""Rows of a delivery → rows of our layers, by the profile, on whole Arrow columns."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from gis_server.catalog import Catalog, Layer
from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese
from loaders.account import Account
from loaders.checks.finding import Finding
from loaders.letters.columns import StreamLetters
from loaders.letters.findings import letters_findings
from loaders.mapped import MappedChunk
from loaders.memory.recall import Recall
from loaders.memory.sight import Sight
from loaders.personal import Personal, read_personal
from loaders.profiles import FileRule, Profile
from loaders.readers.columns import listed
from loaders.readers.stream import Chunk, Stream
from loaders.rows import LINE_BITS, Rows
from loaders.selection import Selection, select


@dataclass
class Mapping:
    """Maps the streams of one delivery; keeps the account as it goes."""

    catalog: Catalog
    account: Account
    recall: Recall | None = None
    """What is remembered of rows that were delivered before."""
    features: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    """What was noticed about the delivered files themselves: their letters."""
    personal: Personal = field(default_factory=read_personal)

    def map(self, stream: Stream, profile: Profile, how: FileRule) -> Iterator[tuple[Layer, pa.Table]]:
        """Tables for staging, layer by layer, as the stream is read."""
        chosen = select(stream, profile, self.catalog)
        self._require_columns(stream, profile, chosen)
        self._name_unused(stream, chosen.needed(profile, self.catalog, also_optional=True) | set(how.place_columns))
        letters = StreamLetters(how.encoding or "auto", stream.page)
        sight = None if self.recall is None else Sight(self.catalog, stream, profile, self.recall.hashing)
        read = 0
        for chunk in stream.chunks:
            rows = self._rows(stream, chunk, letters)
            read += rows.count
            if stream.expected is not None and read > stream.expected:
                raise _cut_short(stream, read)
            yield from MappedChunk(self, rows, sight).mapped(profile, chosen)
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

    def _name_unused(self, stream: Stream, needed: set[str]) -> None:
        """Columns that no rule reads, and among them those of personal data."""
        if stream.columns is None:
            return
        used = {name.lower() for name in needed}
        unused = sorted(name for name in stream.columns if name.lower() not in used)
        personal = [name for name in unused if self.personal.by_name(name)]
        if personal:
            self.account.personal[stream.name] = personal
        if others := [name for name in unused if name not in personal]:
            self.account.unused[stream.name] = others

    def _require_columns(self, stream: Stream, profile: Profile, chosen: Selection) -> None:
        if stream.columns is None or stream.expected == 0:
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


def _cut_short(stream: Stream, read: int) -> DeliveryUnreadable:
    expected = stream.expected or 0
    return DeliveryUnreadable(
        f"{stream.name}: tệp ghi có {vietnamese(expected)} đối tượng nhưng chỉ đọc được {vietnamese(read)}; "
        "tệp bị cắt ngắn hoặc bị hỏng.",
        f"{stream.name}: the file says it has {expected:,} features but {read:,} could be read; it is damaged.",
    )
