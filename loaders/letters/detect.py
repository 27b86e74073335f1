"""Which letters a column is written in: the answer for people who look before they load."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from loaders.letters.evidence import Evidence, Read, same
from loaders.letters.readings import CUT, Encoding, Raw
from loaders.letters.syllables import read_model

Value = TypeVar("Value")
EXAMPLES = 5
SAMPLE = 2_000


class Change(NamedTuple):
    """A value as it was delivered, and as it will be served."""

    before: str
    after: str


@dataclass(frozen=True)
class Verdict:
    """The letters of a column."""

    encoding: Encoding
    """`utf-8` also where there is nothing but ASCII."""
    confidence: float
    """0.5: as good as guessed; 1: certain."""
    examples: tuple[Change, ...]
    """Values that change; where the verdict is ambiguous, the two readings of values that cannot be told apart."""
    counts: Mapping[Encoding, int]
    """Distinct values beyond ASCII by how each was read: more than one name where a column is mixed."""
    ambiguous: int = 0
    """Distinct values for which another reading is as likely."""
    cut: int = 0
    """Distinct values whose last letter was cut by the width of the field."""

    @property
    def mixed(self) -> bool:
        return len({"utf-8" if name == "nfd" else name for name in self.counts}) > 1


def detect(values: Iterable[Raw | None]) -> Verdict:
    """The letters of a column's values: bytes as they lie in the file, or text that somebody has decoded before.

    A bounded, evenly spread sample of the distinct values is weighed; the same values give the same verdict.
    """
    distinct = sampled([value for value in dict.fromkeys(values) if value is not None and not value.isascii()], SAMPLE)
    evidence = Evidence(read_model())
    evidence.add(distinct)
    read = [(shown(value), evidence.read(value)) for value in distinct]
    counts = Counter(one.encoding for _, one in read)
    doubtful = [(before, one) for before, one in read if one.doubtful]
    best = max(counts, key=lambda name: counts[name], default=evidence.best)
    return Verdict(
        "nfd" if best == "utf-8" and counts["nfd"] else best,
        _confidence(evidence, read),
        tuple(_examples(doubtful or read))[:EXAMPLES],
        dict(counts),
        len(doubtful),
        sum(one.text.endswith(CUT) for _, one in read),
    )


def sampled(values: list[Value], most: int) -> list[Value]:
    """The first half of a sample from the beginning, the other half spread evenly over the rest."""
    if len(values) <= most:
        return values
    half = most // 2
    rest = values[half:]
    return values[:half] + [rest[place * len(rest) // half] for place in range(half)]


def shown(value: Raw) -> str:
    """A value for people: bytes as the signs that Windows shows for them."""
    return value if isinstance(value, str) else value.decode("cp1252", "replace")


def _confidence(evidence: Evidence, read: list[tuple[str, Read]]) -> float:
    """Certain where no value could be anything else."""
    if all(math.isinf(one.margin) and same(one.encoding, evidence.best) for _, one in read):
        return 1.0
    return evidence.confidence()


def _examples(read: list[tuple[str, Read]]) -> Iterator[Change]:
    for before, one in read:
        if one.doubtful and one.other is not None:
            yield Change(before, f"{one.text} / {one.other}")
        elif one.text != before:
            yield Change(before, one.text.removesuffix(CUT))
