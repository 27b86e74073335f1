"""Parcels or buildings near a tile as columns: whose they are, of which kind, and their outlines as bare numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_server.drawing.frames import Numbers
from gis_server.drawing.outlines import Outlines, Reals, outlines_in, outlines_of
from gis_server.drawing.pieces import Pieces, Row


@dataclass(frozen=True)
class Lots:
    """In the order of fids. `kind`: place in `said`, which holds source and tags of each kind. `anchor`: where each is
    counted; `at`: a place in it."""

    said: list[str]
    fid: Numbers
    kind: Numbers
    stands_for: Numbers
    anchor: Reals
    at: Reals
    area: Reals
    outlines: Outlines

    def __len__(self) -> int:
        return len(self.fid)

    def chosen(self, which: npt.NDArray[np.bool_]) -> "Lots":
        some = np.flatnonzero(which)
        return Lots(
            self.said, self.fid[some], self.kind[some], self.stands_for[some], self.anchor[some], self.at[some],
            self.area[some], self.outlines.chosen(some),
        )  # fmt: skip


def lots_of(given: Pieces) -> Lots:
    """Of areas. Raises ValueError where there is anything else."""
    words = given.said()
    said = sorted(set(words))
    rank = {one: number for number, one in enumerate(said)}
    kind = np.fromiter((rank[one] for one in words), dtype=np.int64, count=len(words))
    return _lots(said, (given.fid, kind, given.stands_for), outlines_of(given.shape), given.anchor)


def lots_in(rows: Sequence[Row]) -> Lots:
    """Of rows gathered by kinds: source, tags, then fids, lengths of shapes and shapes in one string each."""
    said = [f"{source}\n{tags}" for source, tags, *_ in rows]
    fids, lengths = (_joined(rows, column, kind) for column, kind in ((2, ">i8"), (3, ">i4")))
    kind = np.repeat(np.arange(len(rows)), [len(row[2]) // 8 for row in rows])
    order = np.argsort(fids, kind="stable")
    starts = np.cumsum(lengths) - lengths
    outlines = outlines_in(b"".join(row[4] for row in rows), starts[order], lengths[order])
    return _lots(said, (fids[order], kind[order], np.ones_like(fids)), outlines, outlines.beginnings())


def gathered(rows: Sequence[Row]) -> list[Row]:
    """Rows (fid, source, tags, shape) by kinds, as a statement gathers them."""
    kinds: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        kinds.setdefault((row[1], row[2]), []).append(row)
    return [(*words, *_strings(some)) for words, some in kinds.items()]


def features_in(rows: Sequence[Row]) -> list[Row]:
    """The rows that were gathered."""
    found: list[Row] = []
    for source, tags, fids, lengths, shapes in rows:
        ends = np.cumsum(np.frombuffer(lengths, ">i4")).tolist()
        whose = np.frombuffer(fids, ">i8").tolist()
        found += [
            (fid, source, tags, shapes[start:end]) for fid, start, end in zip(whose, [0, *ends[:-1]], ends, strict=True)
        ]
    return found


def _strings(rows: Sequence[Row]) -> tuple[bytes, bytes, bytes]:
    """Their fids, lengths of their shapes, their shapes."""
    fids = np.array([row[0] for row in rows], dtype=">i8")
    lengths = np.array([len(row[3]) for row in rows], dtype=">i4")
    return fids.tobytes(), lengths.tobytes(), b"".join(row[3] for row in rows)


def _joined(rows: Sequence[Row], column: int, kind: str) -> Numbers:
    return np.frombuffer(b"".join(row[column] for row in rows), kind).astype(np.int64)


def _lots(said: list[str], whose: tuple[Numbers, Numbers, Numbers], outlines: Outlines, anchor: Reals) -> Lots:
    """`whose`: fid, kind, stands_for."""
    return Lots(said, *whose, anchor, outlines.places(), np.abs(outlines.turned), outlines)
