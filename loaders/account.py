"""The account of a load: every source feature is loaded, set aside by a check, or left out for a named reason."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from gis_server.catalog.model import Text
from gis_server.errors import LoadRefused

NO_RULE = Text(vi="hồ sơ nạp không có quy tắc nào cho đối tượng này", en="no rule of the profile applies to it")


@dataclass
class Line:
    """Features of one kind: nodes of an OSM file, rows of a layer."""

    read: int = 0
    matched: int = 0
    left_out: Counter[Text] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)
    """By code of the first finding."""

    @property
    def loaded(self) -> int:
        return self.matched - self.set_aside.total()

    @property
    def adds_up(self) -> bool:
        return self.loaded >= 0 and self.read == self.loaded + self.set_aside.total() + self.left_out.total()


@dataclass
class Tally:
    """Features counted under a name of their own: read, with a geometry, fitted by a rule, and their faults."""

    read: int = 0
    drawn: int = 0
    mapped: int = 0
    faults: Counter[str] = field(default_factory=Counter)


@dataclass
class Account:
    """What became of everything in a delivery."""

    lines: defaultdict[str, Line] = field(default_factory=lambda: defaultdict(Line))
    rows: Counter[str] = field(default_factory=Counter)
    """Rows mapped, by layer: a feature may become a row in several layers."""
    tallies: dict[Text, Tally] = field(default_factory=dict)
    unused: dict[str, list[str]] = field(default_factory=dict)
    """Columns that no rule reads, by account line: nothing is dropped unnamed."""
    personal: dict[str, list[str]] = field(default_factory=dict)
    """Columns of personal data that were not taken over."""
    files_left_out: dict[str, Text] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Features read so far."""
        return sum(line.read for line in self.lines.values())

    @property
    def places(self) -> dict[str, int]:
        """Each line's number; feature numbers begin with it."""
        return {name: place for place, name in enumerate(self.lines)}

    def set_aside(self, lost: list[tuple[int, str, int]]) -> None:
        """Features of which no row is left: number of the line, code, count."""
        names = list(self.lines)
        for place, code, count in lost:
            self.lines[names[place]].set_aside[code] += count

    def balance(self) -> None:
        """Raises LoadRefused when the sums do not agree: then this program has lost a feature, and must not publish."""
        wrong = [name for name, line in self.lines.items() if not line.adds_up]
        if wrong:
            raise LoadRefused(
                f"Bảng cân đối không khớp ở {', '.join(wrong)}. Chưa công bố gì. Đây là lỗi của chương trình; hãy "
                "báo quản trị viên.",
                f"The account does not add up for {', '.join(wrong)}. Nothing was published. This is a fault of the "
                "program; tell the administrator.",
            )
