"""Letters of the old Vietnamese fonts (TCVN3, VNI) and of CP1258, to and from Unicode NFC; exact and complete."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Letters = Literal["auto", "utf-8", "cp1258", "tcvn3", "vni"]
"""What a profile may say of the letters of a delivery; `auto` asks the letters themselves."""
BLANKS = r"[\s\x0b\x1c-\x1f\x85\p{Z}]+"
"""What Python's `split` takes for blank, as a pattern of RE2."""

_SPACE = 0x20
# Control signs, and the first bytes of all blanks beyond ASCII but one: U+0085, U+00A0; U+2000 and on; U+3000.
_DOUBTFUL = np.zeros(256, bool)
_DOUBTFUL[[*range(_SPACE), 0x7F, 0xC2, 0xE2, 0xE3]] = True
_OGHAM = 0xE1, 0x9A
"""U+1680 begins like most Vietnamese letters; two bytes tell it."""

# TCVN 5712:1993. ABC fonts (VN3) have the small letters and the seven capitals without tone; VN1 adds the others.
_TCVN3 = {
    0xA0: " ",
    **dict(zip(range(0xA1, 0xAF), "ĂÂÊÔƠƯĐăâêôơư", strict=False)),
    0xAE: "đ",
    **dict(zip((*range(0xB5, 0xBA), *range(0xBB, 0xBF), 0xC6), "àảãáạằẳẵắặ", strict=True)),
    **dict(zip((*range(0xC7, 0xCD), *range(0xCE, 0xDA)), "ầẩẫấậèẻẽéẹềểễếệìỉ", strict=False)),
    **dict(zip((*range(0xDC, 0xE0), *range(0xE1, 0xF0)), "ĩíịòỏõóọồổỗốộờởỡớợù", strict=True)),
    **dict(zip(range(0xF1, 0xFF), "ủũúụừửữứựỳỷỹýỵ", strict=True)),
}
_TCVN1_CAPITALS = {
    **dict(zip(range(0x80, 0xA0), "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ", strict=True)),
    **dict(
        zip(
            (0xAF, 0xBA, *range(0xBF, 0xC6), 0xCD, *range(0xD9, 0xDC), 0xE0, 0xF0, 0xFF),
            "ẰẲẴẮẦẨẪẤỀỂỄẾỒỔỖỐ",
            strict=True,
        )
    ),
}
_FROM_TCVN3 = str.maketrans({chr(code): letter for code, letter in {**_TCVN1_CAPITALS, **_TCVN3}.items()})
_TO_TCVN3 = str.maketrans({letter: chr(code) for code, letter in _TCVN3.items() if letter != " "})

# VNI: a base letter, then a sign that carries circumflex or breve and the tone. Order of tones: ´ ` ̉ ~ .
_VNI_TONES = "ùøûõï"
_VNI_ROWS: Mapping[str, tuple[str, str]] = {
    "a": ("áàảãạ", _VNI_TONES),
    "â": ("ấầẩẫậ", "áàåãä"),
    "ă": ("ắằẳẵặ", "éèúüë"),
    "e": ("éèẻẽẹ", _VNI_TONES),
    "ê": ("ếềểễệ", "áàåãä"),
    "o": ("óòỏõọ", _VNI_TONES),
    "ô": ("ốồổỗộ", "áàåãä"),
    "ơ": ("ớờởỡợ", _VNI_TONES),
    "u": ("úùủũụ", _VNI_TONES),
    "ư": ("ứừửữự", _VNI_TONES),
    "y": ("ýỳỷỹ", _VNI_TONES[:4]),
}
_VNI_BASES = {"â": "a", "ă": "a", "ê": "e", "ô": "o", "ơ": "ô", "ư": "ö"}
_VNI_WHOLE = {"đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "ơ": "ô", "ư": "ö"}
_VNI_MARKED = {"â": "aâ", "ă": "aê", "ê": "eâ", "ô": "oâ"}


def _vni_table() -> dict[str, str]:
    """Unicode letter → VNI, small letters and capitals."""
    table = {**_VNI_WHOLE, **_VNI_MARKED}
    for row, (letters, signs) in _VNI_ROWS.items():
        table |= {letter: _VNI_BASES.get(row, row) + sign for letter, sign in zip(letters, signs, strict=True)}
    return table | {letter.upper(): written.upper() for letter, written in table.items()}


_TO_VNI = _vni_table()
_FROM_VNI = {written: letter for letter, written in _TO_VNI.items()}
# A capital followed by the small sign is met in names typed by hand (“Aáp”).
_FROM_VNI |= {
    written[0] + written[1].lower(): letter
    for letter, written in _TO_VNI.items()
    if len(written) == 2 and letter.isupper()
}
_VNI_PIECE = re.compile("|".join(sorted((re.escape(piece) for piece in _FROM_VNI), key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+")


def from_tcvn3(text: str) -> str:
    """TCVN3 bytes read as Latin-1 → Unicode; capitals with a tone come back where the rest of the word is capital.

    Words too short to tell (Tự, LÝ) go with the other words of the text.
    """
    letters = unicodedata.normalize("NFC", _latin1(text).translate(_FROM_TCVN3))
    if letters.isascii():
        return letters
    told = [word for word in map(_certain_letters, _WORD.findall(letters)) if len(word) > 1]
    capitals = any(map(str.isupper, told)) and not any(word[1:] != word[1:].upper() for word in told)
    return _WORD.sub(lambda match: _restored(match.group(), capitals), letters)


def to_tcvn3(text: str) -> str:
    """Unicode → TCVN3 as Latin-1 text. Capitals with a tone become small letters: the font had none."""
    return "".join(_tcvn3_letter(letter) for letter in unicodedata.normalize("NFC", text))


def from_vni(text: str) -> str:
    """VNI bytes read as Latin-1 → Unicode."""
    return _VNI_PIECE.sub(lambda match: _FROM_VNI[match.group()], _latin1(text))


def to_vni(text: str) -> str:
    """Unicode → VNI as Latin-1 text."""
    return "".join(_TO_VNI.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


def from_cp1258(text: str) -> str:
    """CP1258 bytes read as Latin-1 → Unicode (its combining tones composed)."""
    return unicodedata.normalize("NFC", _latin1(text).encode("latin-1", "replace").decode("cp1258", "replace"))


def to_cp1258(text: str) -> str:
    """Unicode → CP1258 as Latin-1 text, its tones as signs of their own, the way Vietnamese keyboards write them."""
    return "".join(map(_cp1258_letter, unicodedata.normalize("NFC", text)))


def to_nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


CONVERTERS: Mapping[Letters, Callable[[str], str]] = {
    "utf-8": to_nfc,
    "cp1258": from_cp1258,
    "tcvn3": from_tcvn3,
    "vni": from_vni,
}


def tidy(text: str) -> str | None:
    """Without control zeros, trimmed; blank as null."""
    return " ".join(text.replace("\x00", "").split()) or None


def tidied(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same for a whole column, without a look at each value."""
    if all(_is_tidy(chunk) for chunk in column.chunks):
        return pc.cast(column, pa.string())
    words = pc.replace_substring_regex(pc.replace_substring(column, "\x00", ""), BLANKS, " ")
    words = pc.cast(pc.utf8_trim_whitespace(words), pa.string())
    return pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words)


def _is_tidy(column: pa.Array) -> bool:
    """Whether surely nothing is to be done: no empty value, no blank at an end, beside another, or that is no space."""
    if not pa.types.is_string(column.type) or len(column) == 0:
        return False
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1 + column.offset)[column.offset :]
    content = np.frombuffer(column.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    lengths, starts = np.diff(offsets), offsets[:-1] - offsets[0]
    if _DOUBTFUL[content].any() or (lengths[column.is_valid().to_numpy(zero_copy_only=False)] == 0).any():
        return False
    if (content[1:][content[:-1] == _OGHAM[0]] == _OGHAM[1]).any():
        return False
    blank = content == _SPACE
    if (blank[1:] & blank[:-1]).any():
        return False
    there = lengths > 0
    return not (blank[starts[there]].any() or blank[(starts + lengths)[there] - 1].any())


def _latin1(text: str) -> str:
    """Undo a reading as Windows-1252: its signs for bytes 80…9F become those bytes again."""
    return "".join(letter if ord(letter) < 256 else _byte_of(letter) for letter in text)


def _byte_of(letter: str) -> str:
    try:
        return letter.encode("cp1252").decode("latin-1")
    except UnicodeEncodeError:
        return letter


def _cp1258_letter(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
    base = unicodedata.normalize("NFC", parts.replace(tone, "")) if tone else letter
    return (base + tone).encode("cp1258", "replace").decode("latin-1")


def _tcvn3_letter(letter: str) -> str:
    written = letter.translate(_TO_TCVN3)
    if written == letter and ord(letter) > 127:
        return letter.lower().translate(_TO_TCVN3)
    return written


def _restored(word: str, others_are_capitals: bool) -> str:
    certain = _certain_letters(word)
    capital = certain == certain.upper() and (others_are_capitals or any(map(str.isupper, word[1:])))
    return word.upper() if capital else word


def _certain_letters(word: str) -> str:
    """The letters whose capital the font has."""
    return "".join(letter for letter in word if not _lacks_capital(letter))


def _lacks_capital(letter: str) -> bool:
    """Small letters whose capital TCVN3 cannot write."""
    return letter.islower() and ord(letter) > 127 and letter.upper() not in "ĂÂÊÔƠƯĐ"
