"""Code lists read backwards: the words that offices write instead of a code, in the spellings they are written in."""

import unicodedata
from collections.abc import Iterator

from gis_server.catalog.model import Domain


def labels_of(domain: Domain) -> dict[str, str]:
    """Spelling → code: the Vietnamese label or its part before a comma, with and without accents, in small and
    capital letters or joined (`DangSuDung`). A code of the list stands for itself, and no spelling covers one."""
    found: dict[str, str] = {}
    for long in (True, False):
        for code, value in domain.values.items():
            words = value.vi if long else value.vi.partition(",")[0]
            for spelling in _spellings(words):
                found.setdefault(spelling, code)
    return {spelling: code for spelling, code in found.items() if spelling not in domain.values}


def _spellings(words: str) -> Iterator[str]:
    bare = without_accents(words)
    for text in (words, bare):
        yield from (text, text.lower(), text.upper(), text.title())
    yield "".join(part[:1].upper() + part[1:] for part in bare.replace(",", " ").split())


def without_accents(words: str) -> str:
    plain = unicodedata.normalize("NFD", words.replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in plain if not unicodedata.combining(one))
