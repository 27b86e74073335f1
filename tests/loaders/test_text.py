"""Old letters come back as the Unicode they were."""

import unicodedata

import pyarrow as pa
import pytest

from loaders.letters.columns import StreamLetters
from loaders.text import CONVERTERS, from_cp1258, from_tcvn3, from_vni, to_tcvn3, to_vni


def clean(column, letters):
    return StreamLetters(letters, "bytes").clean("ten", column)


VOWELS = ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"]
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
SMALL = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + ["đ"]
TCVN3_CAPITALS = set("ĂÂÊÔƠƯĐ")


def test_the_alphabet_has_all_its_letters():
    assert len(SMALL) == len(set(SMALL)) == 73
    assert all(len(letter) == 1 for letter in SMALL)


@pytest.mark.parametrize("letter", SMALL)
def test_every_letter_survives_tcvn3_and_vni(letter):
    assert from_tcvn3(to_tcvn3(letter)) == letter
    assert from_vni(to_vni(letter)) == letter
    assert from_vni(to_vni(letter.upper())) == letter.upper()
    assert max(map(ord, to_tcvn3(letter) + to_vni(letter) + to_vni(letter.upper()))) < 256


@pytest.mark.parametrize("letter", SMALL)
def test_tcvn3_capitals_come_back_inside_words_in_capitals(letter):
    word = "TH" + letter.upper() + "NG"
    assert from_tcvn3(to_tcvn3(word)) == word
    if letter.upper() in TCVN3_CAPITALS:
        assert from_tcvn3(to_tcvn3(letter.upper())) == letter.upper()


def test_no_two_letters_share_a_code():
    assert len({to_tcvn3(letter) for letter in SMALL}) == len(SMALL)
    assert len({to_vni(letter) for letter in [*SMALL, *map(str.upper, SMALL)]}) == 2 * len(SMALL)


@pytest.mark.parametrize(
    ("bytes_", "letters", "text"),
    [
        (b"\xa7\xad\xeang Nguy\xd4n Th\xde Minh Khai", "tcvn3", "Đường Nguyễn Thị Minh Khai"),
        (b"NGUY\xd4N HU\xd6", "tcvn3", "NGUYỄN HUỆ"),
        (b"\xd1\xf6\xf4\xf8ng Nguye\xe3n Th\xf2 Minh Khai", "vni", "Đường Nguyễn Thị Minh Khai"),
        ("Phường Bến Nghé".encode(), "utf-8", "Phường Bến Nghé"),
        (unicodedata.normalize("NFD", "Phường Bến Nghé").encode(), "utf-8", "Phường Bến Nghé"),
    ],
)
def test_bytes_as_agencies_deliver_them(bytes_, letters, text):
    binary = pa.chunked_array([pa.array([bytes_], pa.binary())])
    assert clean(binary, letters).to_pylist() == [text]


def test_cp1258_tones_are_composed():
    word = "Phường Bến Nghé, Đinh Tiên Hoàng"
    raw = word.translate(str.maketrans({"ờ": "ơ\u0300", "ế": "ê\u0301"})).encode("cp1258")
    assert from_cp1258(raw.decode("latin-1")) == word


def test_text_is_trimmed_and_blank_is_null():
    column = pa.chunked_array([["  a  b ", "   ", None, "x\x00"]])
    assert clean(column, "utf-8").to_pylist() == ["a b", None, None, "x"]


def test_clean_utf8_is_left_alone():
    assert CONVERTERS["utf-8"]("Hẻm 47/2 Lê Lợi – P. Bến Thành") == "Hẻm 47/2 Lê Lợi – P. Bến Thành"


def test_text_that_is_not_utf8_is_not_guessed_at():
    with pytest.raises(UnicodeDecodeError):
        clean(pa.chunked_array([pa.array([b"\xa7\xad\xeang"])]), "utf-8")
