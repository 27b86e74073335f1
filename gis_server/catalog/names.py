"""Vietnamese names made comparable: one form of Unicode, one place for the tone (hoà = hòa), or no marks at all."""

import re
import unicodedata

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
"""Grave, acute, tilde, hook above and dot below: the five marks that spelling schools put on different vowels."""


def toned(name: str) -> str:
    """Lower case, single spaces, each syllable's tone written at its end: Hoà and Hòa agree, Hoà and Hoa do not."""
    return " ".join(_tone_last(syllable) for syllable in _syllables(name))


def bare(name: str) -> str:
    """As `toned`, without any mark: Đất Đỏ becomes dat do."""
    return " ".join("".join(c for c in s if not unicodedata.combining(c)).replace("đ", "d") for s in _syllables(name))


def _syllables(name: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*", unicodedata.normalize("NFD", name.lower()))


def _tone_last(syllable: str) -> str:
    tone = "".join(c for c in syllable if c in TONES)
    return unicodedata.normalize("NFC", "".join(c for c in syllable if c not in TONES)) + tone
