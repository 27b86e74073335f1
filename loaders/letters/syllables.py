"""Vietnamese syllables: what is one by the rules of spelling, and how likely it is by the words of our catalogue."""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gis_server.catalog.words import read_yaml

HERE = Path(__file__).parent
TONES = "\u0300\u0301\u0303\u0309\u0323"
TONED_AFTER_STOP = "\u0301\u0323"
FRONT = tuple("eêiy")
_TONE = re.compile(f"[{TONES}]")


class Syllable(NamedTuple):
    """A syllable by its parts; the tone is a combining mark, or nothing."""

    onset: str
    rime: str
    tone: str


@dataclass(frozen=True)
class Spelling:
    """The rules of spelling."""

    onsets: frozenset[str]
    rimes: frozenset[str]
    before_front: frozenset[str]
    not_before_front: frozenset[str]
    stops: tuple[str, ...]

    def parsed(self, word: str) -> Syllable | None:
        """The syllable that a word in small letters is, or None."""
        letters = unicodedata.normalize("NFD", word)
        tones = _TONE.findall(letters)
        if len(tones) > 1:
            return None
        bare = unicodedata.normalize("NFC", _TONE.sub("", letters))
        tone = tones[0] if tones else ""
        return next((Syllable(*parts, tone) for parts in self._splits(bare) if self._agrees(*parts, tone)), None)

    def _splits(self, bare: str) -> Iterator[tuple[str, str]]:
        """The longest onset first."""
        for length in (3, 2, 1):
            if bare[:length] in self.onsets and len(bare) > length:
                yield bare[:length], bare[length:]
        yield "", bare

    def _agrees(self, onset: str, rime: str, tone: str) -> bool:
        if rime not in self.rimes or (onset in self.before_front and not rime.startswith(FRONT)):
            return False
        if onset in self.not_before_front and rime.startswith(FRONT):
            return False
        return tone in TONED_AFTER_STOP and tone != "" if rime.endswith(self.stops) else True


@dataclass(frozen=True)
class Model:
    """Logarithms of how likely parts, and the syllables of the catalogue, are."""

    spelling: Spelling
    onsets: Mapping[str, float]
    rimes: Mapping[str, float]
    tones: Mapping[str, float]
    known: Mapping[str, float]
    seen: dict[str, float | None] = field(default_factory=dict, compare=False)
    """What words were worth so far; emptied when it has grown."""

    def worth(self, word: str) -> float | None:
        """Logarithm of the likelihood of a syllable in small letters; None when the word is none."""
        if word not in self.seen:
            if len(self.seen) > SEEN_AT_MOST:
                self.seen.clear()
            self.seen[word] = self._worth(word)
        return self.seen[word]

    def _worth(self, word: str) -> float | None:
        parts = self.spelling.parsed(word)
        if parts is None:
            return None
        built = self.onsets[parts.onset] + self.rimes[parts.rime] + self.tones[parts.tone]
        known = self.known.get("".join(parts))
        return (
            built + BUILT if known is None else math.log(math.exp(known) * (1 - SHARE_BUILT) + math.exp(built + BUILT))
        )


SEEN_AT_MOST = 50_000
SHARE_BUILT = 0.3
BUILT = math.log(SHARE_BUILT)


@cache
def read_spelling() -> Spelling:
    rules = read_yaml(HERE / "rules.yaml")
    rimes = frozenset(rime for line in rules["rimes"].values() for rime in line.split())
    onsets = frozenset(rules["onsets"])
    return Spelling(
        onsets, rimes, frozenset(rules["before_front"]), frozenset(rules["not_before_front"]), tuple(rules["stops"])
    )


@cache
def read_model() -> Model:
    """The model in `syllables.yaml`: known syllables in classes of frequency (class n: seen about 2ⁿ times)."""
    content = read_yaml(HERE / "syllables.yaml")
    spelling = read_spelling()
    counts = {word: 1.4 * 2 ** int(level) for level, words in content["seen"].items() for word in words.split()}
    parts = {word: parsed for word in counts if (parsed := spelling.parsed(word))}
    known = _logs({"".join(parts[word]): count for word, count in counts.items()}, frozenset(), 0.0)
    # Parts are counted by kinds of syllables, damped by frequency: names use rare syllables of common parts.
    weights = {word: math.sqrt(count) for word, count in counts.items()}
    columns: list[dict[str, float]] = [{}, {}, {}]
    for word, syllable in parts.items():
        for column, part in zip(columns, syllable, strict=True):
            column[part] = column.get(part, 0.0) + weights[word]
    onsets, rimes, tones = columns
    return Model(
        spelling,
        _logs(onsets, spelling.onsets | {""}, 2.0),
        _logs(rimes, spelling.rimes, 1.0),
        _logs(tones, frozenset({"", *TONES}), 1.0),
        known,
    )


def _logs(counts: Mapping[str, float], possible: frozenset[str], added: float) -> dict[str, float]:
    full = {**dict.fromkeys(possible, 0.0), **counts}
    total = sum(full.values()) + added * len(full)
    return {name: math.log((count + added) / total) for name, count in full.items()}
