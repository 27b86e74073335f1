"""Prints: one number a row, of its values as they were delivered. The same prints, the same row."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.row_hash import value_hashes

Words = NDArray[np.uint64]
_ODD, _OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_NULL = np.uint64(0xD6E8FEB86659FD93)


class Unprintable(Exception):
    """A column holds values of a kind that has no print."""


def prints(columns: Mapping[str, pa.Array], seed: str, known: Mapping[str, Words] | None = None) -> Words:
    """Of these columns together; the seed stands for all else that decides what becomes of such values.

    What hangs on a column alone may be `known`.
    """
    known = {} if known is None else known
    kinds = [f"{name} {values.type}" for name, values in columns.items()]
    total: Words = _of_text("\n".join([seed, *kinds]))
    for name, values in columns.items():
        total = total * _ODD + (known[name] if name in known else of_column(values))
    return mixed(total)


def mixed(words: Words) -> Words:
    """Each number as another, so that numbers that differ in one bit differ in half of them; never two as one."""
    words = (words ^ (words >> np.uint64(30))) * _OTHER
    words = (words ^ (words >> np.uint64(27))) * _ODD
    together: Words = words ^ (words >> np.uint64(31))
    return together


def sums(words: Words) -> Words:
    """Three numbers that say which words there are, in whatever order."""
    return np.array([len(words), words.sum(), mixed(words ^ _ODD).sum()], np.uint64)


def _of_text(text: str) -> Words:
    return np.frombuffer(hashlib.sha256(text.encode()).digest()[:8], np.uint64)


def of_column(column: pa.Array) -> Words:
    """Of one column alone."""
    if column.null_count == len(column):
        return np.full(len(column), _NULL)
    words = _of_values(column) * _OTHER + _ODD
    if column.null_count:
        words[column.is_null().to_numpy(zero_copy_only=False)] = _NULL
    return words


def _of_values(column: pa.Array) -> Words:
    kind = column.type
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        column = column.cast(pa.string() if pa.types.is_large_string(kind) else pa.binary())
    if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
        return value_hashes(column)
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif pa.types.is_floating(kind):
        return mixed(pc.fill_null(column.cast(pa.float64()), 0).to_numpy().view(np.uint64))
    elif not (pa.types.is_integer(kind) or pa.types.is_temporal(kind)) or pa.types.is_interval(kind):
        raise Unprintable(str(kind))
    elif pa.types.is_temporal(kind):
        column = column.view(pa.int32() if kind.bit_width == 32 else pa.int64())
    numbers: NDArray[np.integer] = pc.fill_null(column, 0).to_numpy()
    return mixed(numbers.astype(np.int64 if numbers.dtype.kind == "i" else np.uint64).view(np.uint64))
