"""Evidence on the letters of one column: gathered value by value, in any portions, weighed as a whole."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from loaders.letters.likelihood import is_sound, likelihood
from loaders.letters.readings import CUT, Encoding, Raw, decoded, is_plain, readings
from loaders.letters.syllables import Model

PRIOR: Mapping[Encoding, float] = {"utf-8": 0, "double": 3, "double twice": 4, "tcvn3": 9, "vni": 9, "cp1258": 9.5}
"""What a reading must be more likely by, in one value, before text that could be Unicode as it is gets changed."""
MOST_FOR_ONE = 20.0
"""One value never weighs more than this, whatever it says."""
MOST_FOR_FIELD = 12.0
"""How far the rest of the column may outweigh what a value says by itself."""
PLAIN_COUNTED = 50
SETTLED = 60.0
DOUBT = 2.0
"""Readings closer than this cannot be told apart."""


@dataclass
class Evidence:
    """How much worse each way of writing explains the values so far than the best way for each value."""

    model: Model
    deficits: dict[Encoding, float] = field(default_factory=lambda: dict(PRIOR))
    values: int = 0
    """Values with letters beyond ASCII that could be read in more than one way."""
    old_bytes: int = 0
    """Values that are not UTF-8 at all."""
    plain: int = 0

    def add(self, values: Iterable[Raw]) -> None:
        for value in values:
            if isinstance(value, str) and is_plain(value):
                self.add_plain(int(not value.isascii()))
            else:
                self._weigh(value)

    def add_plain(self, count: int) -> None:
        """Values that are Unicode beyond doubt."""
        counted = min(count, PLAIN_COUNTED - min(self.plain, PLAIN_COUNTED))
        self.plain += count
        for name in self.deficits:
            self.deficits[name] += MOST_FOR_ONE * counted * (name != "utf-8")

    def _weigh(self, value: Raw) -> None:
        said = readings(value)
        self.old_bytes += isinstance(value, bytes) and decoded(value) is None
        worth = worths(said, self.model)
        if len(set(said.values())) < 2 and "utf-8" in worth and next(iter(said.values())).isascii():
            return
        self.values += 1
        best = max(worth.values())
        if "utf-8" in worth and "double" not in worth and is_sound(_text(said, "utf-8"), self.model):
            worth["utf-8"] = best  # Vietnamese as it stands (Hoà) is no evidence for an old font (Hồ), however likely
        for name in self.deficits:
            self.deficits[name] += min(best - worth[name], MOST_FOR_ONE) if name in worth else MOST_FOR_ONE

    @property
    def best(self) -> Encoding:
        """The way of writing that explains the column best; Unicode where nothing speaks against it."""
        return min(self.deficits, key=lambda name: self.deficits[name])

    @property
    def settled(self) -> bool:
        """Nothing that a single value says will change the answer any more."""
        first, second = sorted(self.deficits.values())[:2]
        return second - first > SETTLED

    def read(self, value: Raw) -> "Read":
        """What one value says: as its column does, unless its own letters speak strongly against that."""
        said, best = readings(value), self.best
        known: Encoding = "nfd" if best == "utf-8" and "nfd" in said else best
        if self.settled and known in said and is_sound(said[known], self.model):
            return Read(known, said[known])
        worth = worths(said, self.model)
        own = max(worth, key=lambda name: worth[name] - PRIOR[name])
        # UTF-8 among bytes that are not UTF-8: such a column is mixed, its old neighbours say nothing of this value.
        alone = self.old_bytes > 0 and isinstance(value, bytes) and decoded(value) is not None
        alone = alone and not said.get("utf-8", "").endswith(CUT)
        chosen = best if not alone and best in worth and worth[own] - worth[best] < MOST_FOR_FIELD else own
        margin, rival = self._margin(chosen, worth, said)
        text = _text(said, chosen)
        encoding: Encoding = "nfd" if chosen == "utf-8" and "nfd" in said else chosen
        return Read(encoding, text, margin, None if rival is None else _text(said, rival))

    def _margin(
        self, chosen: Encoding, worth: Mapping[Encoding, float], said: Mapping[Encoding, str]
    ) -> tuple[float, Encoding | None]:
        """How far the nearest reading with another text is from being chosen, and which it is."""
        least, best = self.deficits[chosen], self.best
        margins: dict[Encoding, float] = {}
        for name in worth:
            if _text(said, name) == _text(said, chosen):
                continue
            if chosen == best:
                by_column = self.deficits[name] - least
                margins[name] = min(by_column, MOST_FOR_FIELD - (worth[name] - worth[chosen]))
                if by_column < PRIOR[name] and self._looks_better(said[name], _text(said, chosen)):
                    margins[name] = 0.0
            else:
                needed = MOST_FOR_FIELD if name == best else PRIOR[chosen] - PRIOR[name]
                margins[name] = worth[chosen] - worth[name] - needed
        rival = min(margins, key=lambda name: margins[name], default=None)
        return (math.inf, None) if rival is None else (margins[rival], rival)

    def _looks_better(self, other: str, text: str) -> bool:
        """Vietnamese, where the text as it is can hardly be: changed it is not, but told it must be."""
        return is_sound(other, self.model) and not is_sound(text, self.model)


@dataclass(frozen=True)
class Read:
    """One value read: how it was written, its text, and the text it could also be when `margin` is small."""

    encoding: Encoding
    text: str
    margin: float = math.inf
    other: str | None = None

    @property
    def doubtful(self) -> bool:
        return self.margin < DOUBT


def worths(said: Mapping[Encoding, str], model: Model) -> dict[Encoding, float]:
    """How likely each reading's text is; decomposed text counts as the Unicode it is."""
    found: dict[Encoding, float] = {}
    known: dict[str, float] = {}
    for name, text in said.items():
        if text not in known:
            known[text] = likelihood(text, model)
        found["utf-8" if name == "nfd" else name] = known[text]
    return found


def _text(said: Mapping[Encoding, str], name: Encoding) -> str:
    return said["nfd"] if name == "utf-8" and "nfd" in said else said[name]


def same(first: Encoding, second: Encoding) -> bool:
    """Whether two names stand for the same bytes; decomposed text is Unicode."""
    unicode = ("utf-8", "nfd")
    return first == second or (first in unicode and second in unicode)
