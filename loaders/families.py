"""The two generations of base-data classes, told apart before any code is decoded: their numbers differ."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from loaders.personal import DBF_LENGTH, folded

Family = Literal["2019+", "pre-2019"]
OBJECT_CODE = "madoituong"
OLD_COLUMNS = frozenset(map(folded, ("ngayThuNhan", "ngayThuNha", "doiTuong")))
OLD_BESIDE_CODES = frozenset(map(folded, ("ngayCapNhat", "ngayCapNha")))
"""Also usual in registers: evidence only beside a feature type code."""
NEW_COLUMNS = frozenset(map(folded, ("phienBan", "ngayPhienBan", "ngayPhienB")))
SUFFIXES = re.compile(r"(?<=.{3})[scpal]$")
"""Of classes with several geometries: surface, curve, point today; area, line, point before."""


@dataclass(frozen=True)
class Alias:
    """A class of the pre-2019 model and its classes of today."""

    old: str
    classes: tuple[str, ...]
    certainty: str


def family_of(columns: Iterable[str]) -> Family | None:
    """By the columns alone; None where they do not tell."""
    names = {folded(name) for name in columns}
    if names & NEW_COLUMNS:
        return "2019+"
    old = names & OLD_COLUMNS or (OBJECT_CODE in {one[:DBF_LENGTH] for one in names} and names & OLD_BESIDE_CODES)
    return "pre-2019" if old else None


@cache
def aliases() -> Mapping[str, Alias]:
    """Folded name of an old class → what it is called today; old classes that were split or dropped are not in it."""
    with Path(__file__).with_name("class_aliases.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if not row["old_dataset"].startswith("(")]
    return {
        folded(row["old_class"]): Alias(
            row["old_class"], tuple(re.findall(r"[A-Z][A-Za-z]+", row["new_class_name"])), row["certainty"]
        )
        for row in rows
        if not row["new_class_name"].startswith("(")
    }


@cache
def new_names() -> frozenset[str]:
    """Folded classes of today that the old model called otherwise: `DuongBo` was `DoanTimDuongBo`."""
    return frozenset(
        folded(known)
        for name, alias in aliases().items()
        for known in alias.classes
        if folded(known) not in (name, without_suffix(name))
    )


def names_said(file: str, layer: str) -> list[str]:
    """What a layer and its file are called, folded; also without a prefix such as `HCM_` or a workspace."""
    stem = file.rpartition("/")[2].rpartition(".")[0]
    said = [layer, stem, layer.rpartition(":")[2], layer.partition("_")[2]]
    return list(dict.fromkeys(folded(name) for name in said if name))


def without_suffix(name: str) -> str:
    return SUFFIXES.sub("", name)
