"""Glyph files: every Vietnamese letter is in them, and what is asked wrongly is refused in words."""

import unicodedata
from collections.abc import Iterator

import pytest

from gis_server.catalog.dress import FACES
from tests.serving import City

VIETNAMESE = "".join(
    unicodedata.normalize("NFC", letter + mark + tone)
    for letter, marks in {"a": " ̂̆", "e": " ̂", "i": " ", "o": " ̛̂", "u": " ̛", "y": " "}.items()
    for mark in (one.strip() for one in marks)
    for tone in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
)


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message: number and value."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = varint()
        if tag & 7 == 2:
            length = varint()
            yield tag >> 3, message[at : at + length]
            at += length
        else:
            yield tag >> 3, varint()


def letters(body: bytes) -> set[str]:
    """Letters of a glyph file that have a picture."""
    (stack,) = (value for number, value in fields(body) if number == 1)
    assert isinstance(stack, bytes)
    glyphs = [dict(fields(value)) for number, value in fields(stack) if number == 3 and isinstance(value, bytes)]
    return {chr(int(glyph[1])) for glyph in glyphs if glyph.get(2)}


@pytest.mark.parametrize("face", FACES)
def test_every_vietnamese_letter_can_be_drawn(whole_city: City, face: str) -> None:
    wanted = set(VIETNAMESE + VIETNAMESE.upper() + "đĐ")
    assert len(wanted) == 146
    starts = {ord(letter) // 256 * 256 for letter in wanted}
    answers = [whole_city.get(f"/glyphs/{face}/{start}-{start + 255}.pbf") for start in starts]
    assert {one.status_code for one in answers} == {200}
    assert answers[0].headers["Content-Type"] == "application/x-protobuf"
    assert wanted <= set().union(*(letters(one.content) for one in answers))


def test_the_first_face_there_is_answers_for_the_stack(whole_city: City) -> None:
    stack = whole_city.get("/glyphs/Be Vietnam Pro,Noto Sans Bold,Noto Sans Regular/0-255.pbf")
    assert stack.content == whole_city.get("/glyphs/Noto Sans Bold/0-255.pbf").content


@pytest.mark.parametrize(
    "path",
    [
        "Arial/0-255", "Noto Sans Regular/0-256", "Noto Sans Regular/1-256", "Noto Sans Regular/65536-65791",
        "Noto Sans Regular/-256--1", "..%2f..%2fNoto Sans Regular/0-255", "Noto Sans Regular/٠-255",
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused_in_words(whole_city: City, path: str) -> None:
    answer = whole_city.get(f"/glyphs/{path}.pbf")
    assert answer.status_code == 404
    assert answer.json()["title_en"]


def test_a_style_with_glyphs_names_files_that_open(whole_city: City) -> None:
    style = whole_city.get("/styles/nen?glyphs=true").json()
    address = style["glyphs"].removeprefix("http://bando.example")
    assert whole_city.get(address.format(fontstack="Noto Sans Regular", range="7680-7935")).status_code == 200


@pytest.mark.parametrize("query", ["scheme=blue", "glyphs=yes", "theme=dark"])
def test_a_dress_that_there_is_not_is_refused(whole_city: City, query: str) -> None:
    answer = whole_city.get(f"/styles/nen?{query}")
    assert answer.status_code == 400
    assert "nen" not in answer.json()["title"]
