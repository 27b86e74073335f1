"""The letters of a stream's columns while it is read: every column decided on its own evidence, block after block."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.letters.delivered import Delivered
from loaders.letters.evidence import Evidence, same
from loaders.letters.met import Met, Said
from loaders.letters.readings import CUT, Page, Raw, decoded, is_plain
from loaders.letters.syllables import read_model
from loaders.text import CONVERTERS, Letters, tidied, tidy

EXAMPLES = 5
WEIGHED_IN_A_BLOCK = 600
WEIGHED_IN_ALL = 6_000


class Change(NamedTuple):
    """A value as it was delivered, and as it will be served."""

    before: str
    after: str


@dataclass
class Column:
    """What is known of one column so far."""

    evidence: Evidence
    met: Met | None = None
    weighed: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """Rows beyond ASCII by how they were read, and by what was noticed about them."""
    examples: defaultdict[str, dict[Change, None]] = field(default_factory=lambda: defaultdict(dict))

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
        rows = np.bincount(encoded.indices.drop_null().to_numpy(), minlength=len(encoded.dictionary))
        said = self._said(column, encoded.dictionary)
        if said is not None and said.plain.all():
            column.evidence.add_plain(len(rows))
            column.rows["utf-8"] += int(rows.sum())
            words = said.words
        else:
            words = self._words(column, Delivered(encoded.dictionary, self.page), rows, said)
        return pa.chunked_array([pc.take(words, encoded.indices)])

    def _said(self, column: Column, values: pa.Array) -> Said | None:
        """What distinct values say by themselves, where they may be Unicode as they stand."""
        if self.page not in (None, "bytes") or self.declared not in ("auto", "utf-8"):
            return None
        if column.met is None:
            column.met = Met(column.evidence.model)
        return column.met.look(_as_text(values))

    def _words(self, column: Column, values: Delivered, rows: NDArray[np.int64], said: Said | None) -> pa.Array:
        """Each distinct value as it will be served; one by one only those whose letters leave a question."""
        self._weigh(column, values)
        sure = np.zeros(len(rows), bool)
        if self.declared == "auto" and column.evidence.settled and column.evidence.best == "utf-8":
            sure = said.right if said is not None else values.surely_unicode(column.evidence.model)
        column.rows["utf-8"] += int(rows[sure].sum())
        words = (
            values.tidied(sure)
            if said is None
            else pc.if_else(pa.array(sure), said.words, pa.scalar(None, pa.string()))
        )
        if sure.all():
            return words
        asked = np.flatnonzero(~sure)
        read = [
            tidy(self._text(column, raw, count))
            for raw, count in zip(values.raws(asked), rows[asked].tolist(), strict=True)
        ]
        return pc.replace_with_mask(words, pa.array(~sure), pa.array(read, pa.string()))

    def _weigh(self, column: Column, values: Delivered) -> None:
        """A bounded part of each block: from its beginning, and evenly from the rest."""
        most = min(WEIGHED_IN_A_BLOCK, WEIGHED_IN_ALL - column.weighed)
        if most > 0:
            chosen = values.raws(np.array(_sampled(values.beyond_ascii, most), np.int64))
            column.weighed += len(chosen)
            column.evidence.add(chosen)

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
        column.note(read.encoding, rows, Change(_shown(raw), after))
        if after != read.text:
            column.note("cut", rows, Change(_shown(raw), after))
        if read.doubtful and read.other is not None:
            column.note("doubtful", rows, Change(_shown(raw), f"{after} / {read.other}"))
        if CUT in after or any("\x7f" < letter < "\xa0" for letter in after):
            column.note("unreadable", rows, Change(_shown(raw), after))
        return after

    def _declared(self, column: Column, raw: Raw, rows: int) -> str:
        text = _decoded_as_declared(raw, self.declared)
        after = _without_cut(raw, CONVERTERS[self.declared](text))
        if isinstance(raw, bytes) and text.endswith(CUT):
            column.note("cut", rows, Change(_shown(raw), after))
        if len(column.examples["contradicted"]) < EXAMPLES:
            read = column.evidence.read(raw)
            if self.declared != "auto" and not same(read.encoding, self.declared) and read.text != after:
                column.note("contradicted", 0, Change(after, read.text))
        column.rows["declared"] += rows
        return after


def _as_text(values: pa.Array) -> pa.Array:
    """Bytes and text alike, whatever they hold."""
    if pa.types.is_string(values.type):
        return values
    large = pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type)
    return (pc.cast(values, pa.binary()) if large else values).view(pa.string())


def _sampled(places: list[int], most: int) -> list[int]:
    """The first half of a sample from the beginning, the other half spread evenly over the rest."""
    if len(places) <= most:
        return places
    half = most // 2
    rest = places[half:]
    return places[:half] + [rest[number * len(rest) // half] for number in range(half)]


def _shown(value: Raw) -> str:
    """A value for people: bytes as the signs that Windows shows for them."""
    return value if isinstance(value, str) else value.decode("cp1252", "replace")


def _decoded_as_declared(raw: Raw, declared: Letters) -> str:
    if isinstance(raw, str):
        return raw
    if declared != "utf-8":
        return raw.decode("latin-1")
    text = decoded(raw)
    return raw.decode() if text is None else text


def _without_cut(raw: Raw, text: str) -> str:
    return text.removesuffix(CUT) if isinstance(raw, bytes) else text
