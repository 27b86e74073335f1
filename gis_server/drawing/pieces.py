"""What is drawn in a tile ahead of asking: shapes with what tiles say of them, as columns."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis_server.drawing.frames import Numbers, Shapes

Column = npt.NDArray[np.object_]
Row = tuple[Any, ...]
"""Of a table."""


@dataclass(frozen=True)
class Pieces:
    """Shapes in Web Mercator. `stands_for`: of how many features; `anchor`: the one place where each is counted."""

    shape: Shapes
    fid: Numbers
    stands_for: Numbers
    source: Column
    tags: Column
    """Fields as a JSON object, alike for alike fields."""
    anchor: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.shape)

    def chosen(self, which: npt.NDArray[np.bool_] | Numbers) -> "Pieces":
        return Pieces(
            self.shape[which], self.fid[which], self.stands_for[which], self.source[which], self.tags[which],
            self.anchor[which],
        )  # fmt: skip

    def shaped(self, shape: Shapes) -> "Pieces":
        """With other shapes, those without any left out."""
        other = Pieces(shape, self.fid, self.stands_for, self.source, self.tags, self.anchor)
        return other.chosen(~(shapely.is_missing(shape) | shapely.is_empty(shape)))

    def of_dimension(self, dimension: int) -> "Pieces":
        """Points (0), lines (1) or areas (2)."""
        return self.chosen(shapely.get_dimensions(self.shape) == dimension)

    def said(self) -> list[str]:
        """Source and tags of each: equal for pieces that may become one thing."""
        words: list[str] = (self.source + "\n" + self.tags).tolist()
        return words

    def kinds(self) -> Numbers:
        """Equal for pieces that may become one thing; in the order of what they say."""
        said = self.said()
        rank = {one: number for number, one in enumerate(sorted(set(said)))}
        return np.fromiter((rank[one] for one in said), dtype=np.int64, count=len(said))

    def digest(self, shapes: Column) -> bytes:
        """Equal for equal pieces in equal order; `shapes` are theirs as WKB."""
        state = hashlib.blake2b(digest_size=8)
        state.update(b"".join(shapes))
        state.update(self.fid.tobytes() + self.stands_for.tobytes())
        state.update("\0".join([*self.source, *self.tags]).encode())
        return state.digest()


def pieces(shape: Shapes, fid: Numbers, said: tuple[Numbers, Column, Column]) -> Pieces:
    """`said`: stands_for, source, tags. Each is counted where its outline begins."""
    return Pieces(shape, fid, *said, anchor=beginnings(shape))


def nothing() -> Pieces:
    none = np.zeros(0, dtype=object)
    numbers = np.zeros(0, dtype=np.int64)
    return Pieces(none, numbers, numbers, none, none, np.zeros((0, 2)))


def joined(parts: Sequence[Pieces]) -> Pieces:
    if not parts:
        return nothing()
    names = ("shape", "fid", "stands_for", "source", "tags", "anchor")
    return Pieces(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def beginnings(shapes: Shapes) -> npt.NDArray[np.float64]:
    """The first place of each shape; none of them may be empty."""
    places, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(shapes)))
    found: npt.NDArray[np.float64] = places[first]
    return found
