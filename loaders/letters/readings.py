"""The ways a value may have been written: bytes of old fonts, decomposed letters, UTF-8 read wrongly; each undone."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from loaders.text import from_cp1258, from_tcvn3, from_vni

Encoding = Literal["utf-8", "nfd", "cp1258", "tcvn3", "vni", "double", "double twice"]
"""`double`: UTF-8 that was read as Windows-1252, Latin-1 or CP1258 and written as UTF-8 again."""
Raw = str | bytes
Page = Literal["bytes", "latin-1", "cp1252", "cp1258"]
"""How a reader let the bytes of a file through: as they are, or as the signs of a code page."""
OLD: Mapping[Encoding, Callable[[str], str]] = {"tcvn3": from_tcvn3, "vni": from_vni, "cp1258": from_cp1258}

_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_PAGE_1252 = bytes(range(128, 160)).decode("cp1252", "ignore")
_PAGE_1258 = "ĂăĐđƠơƯư₫"
_UNSURE = re.compile(f"[\u0080-\u00ff{_PAGE_1252}{_PAGE_1258}]")
_PLAIN_UNICODE = re.compile(r"[\u1ea0-\u1ef9]|[\u0128\u0129\u0168\u0169]")
_DECOMPOSED = re.compile(r"[A-Za-zÂÊÔâêôĂăƠơƯư][\u0300-\u0303\u0306\u0309\u031b\u0323]")
_TO_1252 = {ord(letter): letter.encode("cp1252")[0] for letter in _PAGE_1252}
_TO_1258 = {
    ord(letter): letter.encode("cp1258")[0] for letter in _MARKS + _PAGE_1258 + _PAGE_1252 if letter not in "ŠŽšž"
}
_NOT_IN_1258 = frozenset("ÃÐÌÒÕÝÞãðìòõýþ")
CUT = "\ufffd"
"""Stands for a letter of which the end of the field left only some bytes."""


def is_plain(text: str) -> bool:
    """Beyond doubt Unicode as it should be: ASCII, or with letters that no wrong reading brings about."""
    if text.isascii():
        return True
    return unicodedata.is_normalized("NFC", text) and (bool(_PLAIN_UNICODE.search(text)) or not _UNSURE.search(text))


def readings(value: Raw) -> Mapping[Encoding, str]:
    """What the value says, by each way of writing that is possible at all; CUT ends a text that was cut in a letter."""
    if isinstance(value, str):
        return _of_text(value)
    text = decoded(value)
    if text is not None and not text.removesuffix(CUT).isascii():
        return _of_text(text)
    signs = value.decode("latin-1")
    old = {name: convert(signs) for name, convert in OLD.items()} if not value.isascii() else {}
    return old if text is None else {"utf-8": text, **old}


def as_bytes(value: bytes, page: Page | None) -> Raw:
    """A value of a column (Arrow keeps text as UTF-8) as the bytes that lie in the file, or as decoded text."""
    if page == "bytes" or value.isascii():
        return value if page == "bytes" else value.decode("ascii")
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return value
    if page is None:
        return text
    signs = _as_1258(text) if page == "cp1258" else text.translate(_TO_1252) if page == "cp1252" else text
    if signs is None or any(ord(letter) > 255 for letter in signs):
        return text
    return signs.encode("latin-1")


def decoded(value: bytes) -> str | None:
    """UTF-8 as text, CUT at its end where the field was too short for the last letter; None when it is not UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return None
        return value[: error.start].decode() + CUT


def _of_text(text: str) -> Mapping[Encoding, str]:
    composed = unicodedata.normalize("NFC", text)
    found: dict[Encoding, str] = {"utf-8": composed}
    if is_plain(text):
        return found
    if composed != text and _DECOMPOSED.search(text):
        found = {"nfd": composed}
        if is_plain(composed):
            return found
    for signs in dict.fromkeys(_undone(text)):
        _add_readings(found, signs)
    return found


def _add_readings(found: dict[Encoding, str], signs: str) -> None:
    """Readings of bytes (as Latin-1 signs) that had been taken for a code page; the Western one is asked first."""
    text = decoded(signs.encode("latin-1"))
    if text is not None and not text.removesuffix(CUT).isascii():
        found.setdefault("double", unicodedata.normalize("NFC", text))
        for again in dict.fromkeys(_undone(text)):
            twice = decoded(again.encode("latin-1"))
            if twice is not None and not twice.removesuffix(CUT).isascii():
                found.setdefault("double twice", unicodedata.normalize("NFC", twice))
        return
    for name, convert in OLD.items():
        found.setdefault(name, convert(signs))


def _undone(text: str) -> Iterator[str]:
    """The bytes that Windows-1252 (or Latin-1), then CP1258, showed as this text; as Latin-1 signs."""
    western = text.translate(_TO_1252)
    if not any(ord(letter) > 255 for letter in western):
        yield western
    vietnamese = _as_1258(text)
    if vietnamese is not None:
        yield vietnamese


def _as_1258(text: str) -> str | None:
    letters = "".join(_split(letter) for letter in text).translate(_TO_1258)
    return letters if not any(ord(letter) > 255 for letter in letters) else None


def _split(letter: str) -> str:
    """A letter as CP1258 writes it: alone where it has a place, else base and tone."""
    if ord(letter) < 128 or ord(letter) in _TO_1258 or (ord(letter) < 256 and letter not in _NOT_IN_1258):
        return letter
    parts = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in parts if mark in _MARKS), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone if tone else letter
