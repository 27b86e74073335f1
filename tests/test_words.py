"""One word for one thing, both languages beside each other, one spelling: what people read in code and data."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gis_server import errors
from gis_server.catalog.words import read_yaml
from gis_server.figures import vietnamese

HOME = Path(__file__).parent.parent
ROOMS = ("gis_server", "loaders", "layers", "styles", "notebooks")
ABOUT_LETTERS = (
    "letters/",
    "loaders/text.py",
    "loaders/synonyms.yaml",
    "loaders/classes.py",
    "catalog/names.py",
    "finding/",
)
"""They are about spellings, so they hold more than one."""
FILES = [
    path
    for room in ROOMS
    for path in sorted((HOME / room).rglob("*"))
    if path.suffix in {".py", ".yaml", ".html", ".js", ".typ", ".txt"}
    and not any(part in str(path) for part in ABOUT_LETTERS)
]
NEW_TONES = re.compile(r"(?<![qQ])(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?![^\W\d_])")
"""The tone on the second vowel at the end of a syllable: hoà, khoá, thuỷ. Ours is hòa, khóa, thủy."""
MARKED = re.compile("[ăâđêôơưạảãàáậầấẩẫắằặẳẵóòọõỏộổỗồốờớợởỡéèẻẹẽếềệểễúùụủũựữửừứíìịỉĩýỳỷỵỹ]", re.I)
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.MapError)}


def words_of(path: Path) -> str:
    """What stands in quotation marks of a Python file, the whole of any other; comments are for developers."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    nodes = ast.walk(ast.parse(text))
    return "\n".join(one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str))


WORDS = {path.relative_to(HOME): words_of(path) for path in FILES}


def avoided() -> list[str]:
    """The quoted words of the last column of the glossary's tables."""
    rows = [line for line in (HOME / "docs" / "glossary.md").read_text().splitlines() if line.startswith("|")]
    return [word for row in rows for word in re.findall("“([^”]+)”", row.strip("| ").rpartition("|")[2])]


def pairs(content: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every pair of languages in a YAML file, with where it stands."""
    if isinstance(content, dict):
        if {"vi", "en"} & content.keys():
            yield place, content
        for key, value in content.items():
            yield from pairs(value, f"{place}.{key}")
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from pairs(value, f"{place}[{number}]")


def sentences(path: Path) -> Iterator[tuple[int, tuple[str, str]]]:
    """The two sentences of every domain error raised in a file, by line."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) in ERRORS and len(call.args) >= 2:
            yield call.lineno, (spoken(call.args[0]), spoken(call.args[1]))


def spoken(node: ast.expr) -> str:
    """The words of a string, whatever it is filled with."""
    return "".join(one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))


@pytest.mark.parametrize("word", avoided())
def test_a_word_that_the_glossary_avoids_is_not_used(word):
    found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    assert [str(path) for path, words in WORDS.items() if found.search(words)] == []


def test_tone_marks_have_one_place():
    assert {str(path): found for path, words in WORDS.items() if (found := NEW_TONES.findall(words))} == {}


def test_letters_are_composed():
    assert [str(path) for path, words in WORDS.items() if unicodedata.normalize("NFC", words) != words] == []


def test_every_text_is_in_both_languages_and_ends_alike():
    texts = {
        f"{path}{place}": text for path in FILES if path.suffix == ".yaml" for place, text in pairs(read_yaml(path))
    }
    said = {place: (str(text.get("vi") or ""), str(text.get("en") or "")) for place, text in texts.items()}
    assert len(said) > 2_000
    assert [place for place, (vi, en) in said.items() if not vi.strip() or not en.strip()] == []
    assert [place for place, (vi, en) in said.items() if vi.endswith(".") != en.endswith(".")] == []


def test_errors_speak_vietnamese_first_and_english_beside():
    said = {f"{path}:{line}": two for path in FILES if path.suffix == ".py" for line, two in sentences(path)}
    assert len(said) > 250
    marks = {place: (len(MARKED.findall(vi)), len(MARKED.findall(en))) for place, (vi, en) in said.items()}
    assert [place for place, (vi, en) in marks.items() if en * 4 > vi] == []


@pytest.mark.parametrize(
    ("amount", "digits", "written"), [(1234.5, 1, "1.234,5"), (1_000_000, 0, "1.000.000"), (0.04, 2, "0,04")]
)
def test_numbers_of_vietnamese_sentences(amount, digits, written):
    assert vietnamese(amount, digits) == written
