"""The letters of a stream's columns while it is read: every column decided on its own evidence, block after block."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.letters.detect import EXAMPLES, Change, sampled, shown
from loaders.letters.evidence import Evidence, same
from loaders.letters.readings import CUT, Page, Raw, as_bytes, decoded, is_plain
from loaders.letters.syllables import read_model
from loaders.text import CONVERTERS, Letters, tidied, tidy

WEIGHED_IN_A_BLOCK = 600
WEIGHED_IN_ALL = 6_000
Places = NDArray[np.bool_]
PLAIN = "[\u1ea0-\u1ef9\u0128\u0129\u0168\u0169]"


@dataclass
class Column:
    """What is known of one column so far."""

    evidence: Evidence
    weighed: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """Rows beyond ASCII by how they were read, and by what was noticed about them."""
    examples: defaultdict[str, dict[Change, None]] = field(default_factory=lambda: defaultdict(dict))

    def certain(self, declared: Letters) -> bool:
        """Whether the column so far is in those letters beyond what any single value could say against it."""
        return declared != "auto" and self.evidence.settled and same(self.evidence.best, declared)

    def note(self, name: str, rows: int, change: Change) -> None:
        self.rows[name] += rows
        if len(self.examples[name]) < EXAMPLES and change.before != change.after:
            self.examples[name][change] = None


@dataclass
class StreamLetters:
    """Makes Unicode of the text of one stream; what it notices is kept for the report."""

    declared: Letters
    page: Page | None
    """How the reader showed bytes as text; None where it hands on text that it trusts to be decoded."""
    columns: dict[str, Column] = field(default_factory=dict)

    def clean(self, name: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Text in NFC, trimmed, blank as null. UnicodeDecodeError when text declared as UTF-8 is not."""
        if not pa.types.is_binary(values.type) and pc.all(pc.string_is_ascii(values)).as_py() is not False:
            return tidied(values)
        column = self.columns.setdefault(name, Column(Evidence(read_model())))
        encoded = values.combine_chunks().dictionary_encode()
        plain = self._plain(encoded.dictionary)
        if plain.all():
            column.evidence.add_plain(len(plain))
            column.rows["utf-8"] += len(values) - values.null_count
            return tidied(pc.cast(values, pa.string()))
        beyond_ascii = np.flatnonzero(~_ascii(encoded.dictionary))
        self._weigh(column, encoded.dictionary, beyond_ascii.tolist())
        rows = np.bincount(encoded.indices.drop_null().to_numpy(), minlength=len(plain))
        column.rows["utf-8"] += int(rows[beyond_ascii][plain[beyond_ascii]].sum())
        words = self._read(column, encoded.dictionary, plain, rows)
        return pa.chunked_array([pc.take(words, encoded.indices)])

    def _plain(self, values: pa.Array) -> Places:
        """Which values are Unicode beyond doubt and said to be; none of them is looked at in Python."""
        if self.page in (None, "bytes") and self.declared in ("auto", "utf-8"):
            return _unicode(values)
        return np.zeros(len(values), dtype=bool)

    def _read(self, column: Column, values: pa.Array, plain: Places, rows: NDArray[np.int64]) -> pa.Array:
        """The distinct values as text: those beyond doubt at once, the others one by one."""
        others = np.flatnonzero(~plain)
        raws = self._raws(values, others)
        read = [tidy(self._text(column, raw, int(rows[place]))) for place, raw in zip(others, raws, strict=True)]
        clear = tidied(pa.chunked_array([pc.cast(values.filter(pa.array(plain)), pa.string())])).combine_chunks()
        order = np.argsort(np.concatenate([np.flatnonzero(plain), others]))
        return pc.take(pa.concat_arrays([clear, pa.array(read, pa.string())]), pa.array(order))

    def _weigh(self, column: Column, values: pa.Array, beyond_ascii: list[int]) -> None:
        """A bounded part of each block: from its beginning, and evenly from the rest."""
        most = min(WEIGHED_IN_A_BLOCK, WEIGHED_IN_ALL - column.weighed)
        if most > 0:
            chosen = sampled(beyond_ascii, most)
            column.weighed += len(chosen)
            column.evidence.add(self._raws(values, chosen))

    def _raws(self, values: pa.Array, places: Iterable[int]) -> list[Raw]:
        texts = pc.cast(pc.take(values, pa.array(places, pa.int64())), pa.large_binary()).to_pylist()
        return [as_bytes(text, self.page) for text in texts]

    def _text(self, column: Column, raw: Raw, rows: int) -> str:
        if raw.isascii():
            return raw if isinstance(raw, str) else raw.decode("ascii")
        return self._found(column, raw, rows) if self.declared == "auto" else self._declared(column, raw, rows)

    def _found(self, column: Column, raw: Raw, rows: int) -> str:
        text = raw if isinstance(raw, str) else decoded(raw)
        if text is not None and CUT not in text and is_plain(text):
            column.rows["utf-8"] += rows
            return text
        read = column.evidence.read(raw)
        after = _without_cut(raw, read.text)
        column.note(read.encoding, rows, Change(shown(raw), after))
        if after != read.text:
            column.note("cut", rows, Change(shown(raw), after))
        if read.doubtful and read.other is not None:
            column.note("doubtful", rows, Change(shown(raw), f"{after} / {read.other}"))
        if CUT in after or any("\x7f" < letter < "\xa0" for letter in after):
            column.note("unreadable", rows, Change(shown(raw), after))
        return after

    def _declared(self, column: Column, raw: Raw, rows: int) -> str:
        text = _decoded_as_declared(raw, self.declared)
        after = _without_cut(raw, CONVERTERS[self.declared](text))
        if isinstance(raw, bytes) and text.endswith(CUT):
            column.note("cut", rows, Change(shown(raw), after))
        if not column.certain(self.declared) and len(column.examples["contradicted"]) < EXAMPLES:
            read = column.evidence.read(raw)
            if self.declared != "auto" and not same(read.encoding, self.declared) and read.text != after:
                column.note("contradicted", 0, Change(after, read.text))
        column.rows["declared"] += rows
        return after


def _unicode(values: pa.Array) -> Places:
    """Where values are Unicode beyond doubt, by a pattern; nowhere, when one of them is not even UTF-8."""
    try:
        texts = pc.cast(values, pa.string())
        composed = pc.equal(pc.utf8_normalize(texts, "NFC"), texts)
        plain = pc.or_(pc.string_is_ascii(texts), pc.and_(pc.match_substring_regex(texts, PLAIN), composed))
        plain = pc.and_(plain, pc.invert(pc.match_substring(texts, CUT)))
    except pa.ArrowInvalid:
        return np.zeros(len(values), dtype=bool)
    places: Places = plain.to_numpy(zero_copy_only=False)
    return places


def _ascii(values: pa.Array) -> Places:
    """Where values are nothing but ASCII."""
    return np.array([value.isascii() for value in pc.cast(values, pa.large_binary()).to_pylist()], dtype=bool)


def _decoded_as_declared(raw: Raw, declared: Letters) -> str:
    if isinstance(raw, str):
        return raw
    if declared != "utf-8":
        return raw.decode("latin-1")
    text = decoded(raw)
    return raw.decode() if text is None else text


def _without_cut(raw: Raw, text: str) -> str:
    return text.removesuffix(CUT) if isinstance(raw, bytes) else text
