"""The distinct values of a column as they were delivered: as bytes or text, and what whole columns can tell of them."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.letters.likelihood import is_sound
from loaders.letters.readings import CUT, Page, Raw, as_bytes, is_plain
from loaders.letters.syllables import Model
from loaders.text import tidied

DIGITS = "[0-9]+"
_TWO_BYTES, _HIGH_HALF = 0xC2, 0xC3
"""UTF-8 writes the signs of Latin-1 beyond ASCII as one of these and a second byte."""


@dataclass(frozen=True)
class Delivered:
    """Values as Arrow keeps them, shown by a reader through a page."""

    values: pa.Array
    page: Page | None

    def raws(self, places: NDArray[np.int64]) -> list[Raw]:
        """The values at these places, one by one."""
        some = pc.cast(self.values.take(pa.array(places)), pa.large_binary()).to_pylist()
        return [as_bytes(value, self.page) for value in some]

    @cached_property
    def beyond_ascii(self) -> list[int]:
        """Places of values with letters beyond ASCII."""
        as_text = self.values.view(pa.string()) if pa.types.is_binary(self.values.type) else self.values
        plain = pc.string_is_ascii(as_text).to_numpy(zero_copy_only=False)
        places: list[int] = np.flatnonzero(~plain).tolist()
        return places

    @cached_property
    def texts(self) -> pa.Array | None:
        """The values read as UTF-8; None when one of them is something else."""
        values = from_latin1(self.values) if self.page == "latin-1" else self.values
        if values is None or self.page not in (None, "bytes", "latin-1"):
            return None
        try:
            return pc.cast(pc.cast(values, pa.binary()), pa.string())
        except pa.ArrowInvalid:
            return None

    def surely_unicode(self, model: Model) -> NDArray[np.bool_]:
        """Values of which every letter is right as UTF-8; numbers do not matter, so that a street is judged once."""
        if self.texts is None:
            return np.zeros(len(self.values), bool)
        alike = pc.replace_substring_regex(self.texts, DIGITS, "0").dictionary_encode()
        right = np.array([_is_right(text, model) for text in alike.dictionary.to_pylist()], bool)
        sure: NDArray[np.bool_] = right[alike.indices.to_numpy()]
        return sure

    def tidied(self, sure: NDArray[np.bool_]) -> pa.Array:
        """Sure values without needless blanks; nulls for the others."""
        if self.texts is None or not sure.any():
            return pa.nulls(len(self.values), pa.string())
        words = tidied(pa.chunked_array([self.texts])).combine_chunks()
        return words if sure.all() else pc.if_else(pa.array(sure), words, pa.scalar(None, pa.string()))


def from_latin1(column: pa.Array) -> pa.Array | None:
    """The bytes that a reader showed as signs of Latin-1; None where other signs are among them."""
    column = pc.cast(column, pa.binary())
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1 + column.offset)[column.offset :]
    shown = np.frombuffer(column.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    if (shown > _HIGH_HALF).any() or column.null_count:
        return None
    lead = shown >= _TWO_BYTES
    content = shown.copy()
    content[1:][shown[:-1] == _HIGH_HALF] += 0x40
    before = np.concatenate([[0], np.cumsum(lead)])
    places = offsets - offsets[0]
    moved = pa.py_buffer((places - before[places]).astype(np.int32))
    return pa.Array.from_buffers(pa.binary(), len(column), [None, moved, pa.py_buffer(content[~lead].tobytes())])


def _is_right(text: str, model: Model) -> bool:
    if CUT in text or not unicodedata.is_normalized("NFC", text):
        return False
    return is_plain(text) or is_sound(text, model)
