"""What was typed, as words: folded where it was typed without marks, exact where it was typed with them."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

from gis_server.catalog.names import TONES, bare, toned
from gis_server.errors import BadRequest

LONGEST = 200
MOST_WORDS = 10
SHORT = 2
"""Letters up to which only names that begin so are looked for: more would be half of the city."""


@dataclass(frozen=True)
class Typed:
    """A text in a search box; its last word may still be on the way."""

    text: str

    @cached_property
    def bare(self) -> tuple[str, ...]:
        return tuple(bare(self.text).split()[:MOST_WORDS])

    @cached_property
    def toned(self) -> tuple[str, ...]:
        return tuple(toned(self.text).split()[:MOST_WORDS])

    @cached_property
    def folded(self) -> str:
        """As names are kept: every word begins after a space."""
        return "".join(f" {word}" for word in self.bare)

    @property
    def is_marked(self) -> bool:
        """Typed with marks, so marks count."""
        return self.bare != self.toned

    @property
    def is_short(self) -> bool:
        return len(self.folded) - 1 <= SHORT

    @property
    def patterns(self) -> list[str]:
        """LIKE patterns of every word, in any order: each begins a word of the name."""
        return [f"% {word}%" for word in self.bare]

    @property
    def toned_patterns(self) -> list[str]:
        """The same with marks, of the words that are whole; of the last its letters without the tone."""
        if not self.is_marked:
            return []
        *whole, last = self.toned
        return [*(f"% {word} %" for word in whole), f"% {_letters(last)}%"]

    def agrees(self, name: str) -> bool:
        """Whether a name (toned) has the marks that were typed; the tone of the last word may come later."""
        if not self.is_marked:
            return True
        words = name.split()
        *whole, last = self.toned
        return all(word in words for word in whole) and any(_begins(word, last) for word in words)


def read_typed(text: str | None) -> Typed:
    """BadRequest for what nobody types."""
    clean = unicodedata.normalize("NFC", text or "").strip()
    if not clean or len(clean) > LONGEST or "\x00" in clean:
        raise BadRequest(
            f"q: hãy gõ từ 1 đến {LONGEST} ký tự: tên, địa chỉ, số tờ và số thửa, mã hoặc tọa độ.",
            f"q: type 1 to {LONGEST} characters: a name, an address, a parcel, a code or coordinates.",
        )
    return Typed(clean)


def _begins(word: str, typed: str) -> bool:
    tone = "".join(c for c in typed if c in TONES)
    return _letters(word).startswith(_letters(typed)) and (not tone or tone in word)


def _letters(word: str) -> str:
    return "".join(c for c in word if c not in TONES)
