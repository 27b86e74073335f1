"""What people write for a name or beside it: abbreviations, words before a street, letters that Telex and VNI left."""

import re
import unicodedata
from collections.abc import Mapping

from gis_server.catalog.names import bare
from gis_server.finding.words import Typed

SHORT_FORMS: Mapping[str, str] = {
    r"p\.?\s*(?=\d)|p\.\s*(?=[^\W\d])": "phường ",
    r"q\.?\s*(?=\d)|q\.\s*(?=[^\W\d])": "quận ",
    r"h\.?\s+(?=\d)": "hẻm ",
    r"h\.\s*(?=[^\W\d])": "huyện ",
    r"x\.\s*(?=[^\W\d])": "xã ",
    r"tp(?:\.\s*|\s+)": "thành phố ",
    r"tx(?:\.\s*|\s+)": "thị xã ",
    r"tt(?:\.\s*|\s+)": "thị trấn ",
    r"ubnd\b": "ủy ban nhân dân",
    r"bv\b": "bệnh viện",
    r"thcs\b": "trung học cơ sở",
    r"thpt\b": "trung học phổ thông",
    r"kcn\b": "khu công nghiệp",
    r"kdc\b": "khu dân cư",
    r"cmt8\b": "cách mạng tháng tám",
}
CITY = re.compile(
    r"[\s,]+(?:(?:tp|thành phố|thanh pho)[.\s]*(?:hcm|hồ chí minh|ho chi minh)|hcm)"
    r"(?:[\s,]+(?:việt nam|viet nam|vn))?$",
    re.I,
)
HOUSE_WORDS = re.compile(r"^(?:nhà số|nha so|số nhà|so nha|địa chỉ|dia chi)[\s:]+(?=\d)", re.I)
STREET_WORD = re.compile(
    r"^(?P<house>(?:(?:số|so|hẻm|hem|ngõ|ngo)\s+)*\d[\w/-]*[,\s]+)?(?:đ\.\s*|(?:đường|duong|phố)\s+)"
    r"(?=[^\W\d])(?!(?:số|so)\b)",
    re.I,
)
"""“Đường số 5” is a name, “đường Lê Lợi” says what Lê Lợi is."""
TELEX = re.compile(r"(?P<before>[^aeiouy]*[aeiouy])(?P<after>\w*)", re.ASCII)
WORD = re.compile(r"[^\W_]+")
TONE_KEYS = re.compile("[sfrxjzd]")
"""Of Telex: no Vietnamese syllable has one of them behind its vowel."""
VNI = re.compile(r"(?=[a-z]*(?:[aeiouy][a-z]*|d)[1-9])(?=(?:\d*[a-z]){2})[a-z][a-z0-9]+")


def spelled_out(text: str) -> str:
    """What is short, long; without the city's name and the words that only say that a street is one."""
    plain = CITY.sub("", text).strip()
    marked = Typed(text).is_marked
    for short, whole in SHORT_FORMS.items():
        plain = re.sub(rf"(?<!\w)(?:{short})", _as_typed(whole, marked), plain, flags=re.I)
    plain = STREET_WORD.sub(lambda found: found["house"] or "", HOUSE_WORDS.sub("", plain)).strip()
    return plain or text


def without_keys(text: str) -> str:
    """The letters that were meant where the keyboard's program was off: “nguyeenx”, “nguye6n4” are nguyen."""
    return WORD.sub(lambda word: _letters(bare(word[0])), unicodedata.normalize("NFC", text))


def _as_typed(whole: str, marked: bool) -> str:
    """Marks count for whoever types marks: what is put in must not bring the first ones."""
    return whole if marked else bare(whole) + whole[len(whole.rstrip()) :]


def _letters(word: str) -> str:
    if VNI.fullmatch(word):
        return re.sub("[0-9]", "", word)
    word = TELEX.sub(lambda found: found["before"] + TONE_KEYS.sub("", found["after"]), word, count=1)
    return re.sub(r"([aeo])\1|dd", lambda found: found[0][0], re.sub("(?<=.)w", "", word))
