"""Distinct values of a column that came before: what letters say of each by itself is asked once a column."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.letters.delivered import Delivered
from loaders.letters.readings import CUT
from loaders.letters.syllables import Model
from loaders.text import tidied

Mask = NDArray[np.bool_]
PLAIN = "[\u1ea0-\u1ef9\u0128\u0129\u0168\u0169]"
MOST = 100_000
"""Values that are kept; when there are more, only those of the last block are."""


class Said(NamedTuple):
    """Of some values: whether each is Unicode beyond doubt, whether every letter is right as UTF-8, and its text."""

    plain: Mask
    right: Mask
    words: pa.Array

    def at(self, places: NDArray[np.int32]) -> "Said":
        return Said(self.plain[places], self.right[places], self.words.take(pa.array(places)))

    def and_those(self, more: "Said") -> "Said":
        plain, right = (np.concatenate(pair) for pair in zip(self[:2], more[:2], strict=True))
        return Said(plain, right, pa.concat_arrays([self.words, more.words]))


def nothing() -> Said:
    return Said(np.zeros(0, bool), np.zeros(0, bool), pa.array([], pa.string()))


@dataclass
class Met:
    """The values of one column so far."""

    model: Model
    values: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    said: Said = field(default_factory=nothing)

    def look(self, values: pa.Array) -> Said | None:
        """What is to be said of these distinct values; new ones are remembered. None where not all are UTF-8."""
        if len(self.values) + len(values) > MOST:
            self.values, self.said = self.values[:0], nothing()
        places = pc.index_in(values, value_set=self.values)
        if places.null_count:
            new = values.filter(places.is_null())
            if not _are_utf8(new):
                return None
            self.values = pa.concat_arrays([self.values, new])
            self.said = self.said.and_those(self._said(new))
            places = pc.index_in(values, value_set=self.values)
        return self.said.at(places.to_numpy())

    def _said(self, values: pa.Array) -> Said:
        plain = are_plain(values)
        right = plain.copy()
        rest = np.flatnonzero(~plain)
        if len(rest):
            right[rest] = Delivered(values.take(pa.array(rest)), None).surely_unicode(self.model)
        return Said(plain, right, tidied(pa.chunked_array([values])).combine_chunks())


def _are_utf8(texts: pa.Array) -> bool:
    """A reader may hand on other bytes as text."""
    try:
        pc.cast(texts.view(pa.binary()), pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def are_plain(texts: pa.Array) -> Mask:
    """Which are Unicode beyond doubt, by a pattern over the column; none of them is looked at in Python."""
    composed = pc.equal(pc.utf8_normalize(texts, "NFC"), texts)
    plain = pc.or_(pc.string_is_ascii(texts), pc.match_substring_regex(texts, PLAIN))
    plain = pc.and_(plain, pc.invert(pc.match_substring(texts, CUT)))
    mask: Mask = pc.and_(composed, plain).to_numpy(zero_copy_only=False)
    return mask
