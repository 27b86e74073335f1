"""Letters of the old Vietnamese fonts (TCVN3, VNI) and of CP1258, to and from Unicode NFC; exact and complete."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

Letters = Literal["utf-8", "cp1258", "tcvn3", "vni"]

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
    """TCVN3 bytes read as Latin-1 → Unicode; capitals with a tone come back where the rest is capital."""
    letters = unicodedata.normalize("NFC", _latin1(text).translate(_FROM_TCVN3))
    return letters.upper() if _is_capital(letters) else _WORD.sub(_restore_capitals, letters)


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


def to_nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


CONVERTERS: Mapping[Letters, Callable[[str], str]] = {
    "utf-8": to_nfc,
    "cp1258": from_cp1258,
    "tcvn3": from_tcvn3,
    "vni": from_vni,
}


def clean(column: pa.ChunkedArray, letters: Letters) -> pa.ChunkedArray:
    """Text in Unicode NFC, trimmed, blank as null. Works on the distinct values, not on every row.

    Raises UnicodeDecodeError when text that should be UTF-8 is not.
    """
    if not pa.types.is_binary(column.type) and pc.all(pc.string_is_ascii(column)).as_py() is not False:
        return _tidied(column)
    encoded = pc.cast(column, pa.large_binary()).combine_chunks().dictionary_encode()
    words = pa.array([_word(value, letters) for value in encoded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([pc.take(words, encoded.indices)])


def _tidied(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same for plain ASCII, which all the old letters share, without a look at each value."""
    words = pc.replace_substring_regex(pc.replace_substring(column, "\x00", ""), r"\s+", " ")
    words = pc.cast(pc.utf8_trim_whitespace(words), pa.string())
    return pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words)


def _word(value: bytes, letters: Letters) -> str | None:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        if letters == "utf-8":
            raise
        text = value.decode("latin-1")
    return " ".join(CONVERTERS[letters](text).replace("\x00", "").split()) or None


def _latin1(text: str) -> str:
    """Undo a reading as Windows-1252: its signs for bytes 80…9F become those bytes again."""
    return "".join(letter if ord(letter) < 256 else _byte_of(letter) for letter in text)


def _byte_of(letter: str) -> str:
    try:
        return letter.encode("cp1252").decode("latin-1")
    except UnicodeEncodeError:
        return letter


def _tcvn3_letter(letter: str) -> str:
    written = letter.translate(_TO_TCVN3)
    if written == letter and ord(letter) > 127:
        return letter.lower().translate(_TO_TCVN3)
    return written


def _restore_capitals(match: re.Match[str]) -> str:
    word = match.group()
    return word.upper() if _is_capital(word) else word


def _is_capital(text: str) -> bool:
    """One sure capital is not enough: “Bà” is a name far more often than a shout."""
    certain = [letter for letter in text if letter.isalpha() and not _lacks_capital(letter)]
    return len(certain) > 1 and all(letter.isupper() for letter in certain)


def _lacks_capital(letter: str) -> bool:
    """Small letters whose capital TCVN3 cannot write."""
    return letter.islower() and ord(letter) > 127 and letter.upper() not in "ĂÂÊÔƠƯĐ"
