"""What became of the rows of one layer when their source last delivered them: a file in the state folder.

Every number in it follows from a delivered row and from what its print stands for. So the file may be old, of another
database or not there at all: that costs time, and is never wrong.
"""

import os
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from loaders.memory.prints import Words
from loaders.wkb import Numbers

Column = NDArray[Any]
PART = ".part"
PRINT, DRAWING, ROW, KEY, KIND, GROUP, SERVED = "print", "drawing", "row", "key", "kind", "group", "served"
ALL_DRAWN, MISFITS = "all drawn", "misfits"
WHOLE = frozenset({ALL_DRAWN, MISFITS})
"""Of the whole layer: what its drawings add up to, and those that a coverage must look at."""


@dataclass(frozen=True)
class Past:
    """Columns of numbers, in the order of `print`."""

    columns: Mapping[str, Column]

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns[PRINT])

    @property
    def all_drawn(self) -> tuple[int, ...] | None:
        """What the drawings of the layer added up to, where it is known which of them may not fit."""
        return tuple(self[ALL_DRAWN]) if ALL_DRAWN in self.columns else None

    def with_column(self, name: str, values: Column) -> "Past":
        return Past({**self.columns, name: values})

    def chosen(self, which: NDArray[np.bool_]) -> "Past":
        if which.all():
            return self
        return Past({name: values if name in WHOLE else values[which] for name, values in self.columns.items()})

    def places(self, prints: Words, drawings: Words) -> Numbers:
        """Where each row is; −1 for those that did not come before."""
        if not len(self):
            return np.full(len(prints), -1)
        order = np.argsort(prints)
        places = np.empty(len(prints), np.int64)
        places[order] = np.searchsorted(self[PRINT], prints[order])
        places[places == len(self)] = 0
        places[(self[PRINT][places] != prints) | (self[DRAWING][places] != drawings)] = -1
        return places


def place_of(folder: Path, source: str, layer: str) -> Path:
    return folder / f"{quote(source, safe='')}@{layer}.npz"


def read_past(file: Path, names: Iterable[str] | None = None) -> Past | None:
    """What is kept there, or some columns of it; None where that is nothing, or cannot be read."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as content:
            return Past({name: content[name] for name in names or content.files})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def keep_past(file: Path, columns: Iterable[tuple[str, Column]]) -> None:
    """Puts it in the place of what was kept; a full disk keeps nothing. What a killed load began goes with the next.

    Columns are written as they come, so that one at a time is in memory.
    """
    part = file.with_name(f"{file.name}.{os.getpid()}{PART}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        for left in file.parent.glob(f"{escape(file.name)}.*{PART}"):
            left.unlink(missing_ok=True)
        with zipfile.ZipFile(part, "w") as made:
            for name, values in columns:
                with made.open(f"{name}.npy", "w", force_zip64=True) as column:
                    np.lib.format.write_array(column, values, allow_pickle=False)
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink()
