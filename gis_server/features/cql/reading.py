"""From the words of a filter to its tree, within bounds: a parser never sees what could exhaust it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import cql2

from gis_server.errors import BadRequest
from gis_server.features.cql.sentences import bad_filter

MOST_LETTERS = 100_000
MOST_DEPTH = 40
"""Brackets in brackets, and operations in operations."""
MOST_WORDS = 2_000
"""Names, operators and texts of a filter; numbers and commas are bounded by `MOST_LETTERS`."""
SIGNS = re.compile(r"(?:\bNOT\b\s*|[-+]\s*){6}", re.IGNORECASE)
"""`NOT NOT NOT…`: each is a step down for a parser that dies, and its process with it, when its stack ends."""
MOST_NODES = 4_000
MOST_TRIES = 400_000
"""Letters, twice as many for each bracket around them: from each the parser reads once more what will not do."""
PLACE = re.compile(r"--> (\d+):(\d+)")
"""Line and column in what the parser says."""
MOST_SHOWN = 40
LANGUAGES = ("cql2-text", "cql2-json")
QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
"""A text without an end goes to the end of all: begun again at each quote, it would take the square of its length."""
NUMBERS = re.compile(r"\([^()a-zA-Z]*\)")
"""Coordinates and lists of numbers; of a geometry up to three, one in another."""
WORD = re.compile(r"[^\W\d]\w*|[-+*/^%<>=]")
Tree = Any


def read_filter(text: str, language: str | None) -> Tree:
    """The tree of a filter in the shape of CQL2 JSON."""
    if language not in (None, *LANGUAGES):
        raise bad_filter(
            f"filter-lang: chọn {' hoặc '.join(LANGUAGES)}", f"filter-lang must be {' or '.join(LANGUAGES)}"
        )
    if len(text) > MOST_LETTERS:
        raise bad_filter(f"dài hơn {MOST_LETTERS} ký tự", f"it is longer than {MOST_LETTERS} characters")
    if "\x00" in text:
        raise bad_filter("có ký tự U+0000", "it contains the character U+0000")
    tree = read_json(text) if language == "cql2-json" else _from_text(text)
    _measure(tree)
    return tree


def _from_text(text: str) -> Tree:
    bare = QUOTED.sub(" x ", text)
    _refuse_depth(bare)
    _refuse_tries(bare)
    if SIGNS.search(bare):
        raise _too_deep()
    if sum(1 for _ in WORD.finditer(bare)) > MOST_WORDS:
        raise _too_big()
    try:
        return cql2.parse_text(text).to_json()
    except Exception as error:  # the parser's own kinds, and those of the libraries that it reads geometries with
        raise _not_understood(text, str(error)) from error


def _not_understood(text: str, complaint: str) -> BadRequest:
    """Where the reading ended, in the caller's own words; the parser names the rules of its grammar."""
    found = PLACE.search(complaint)
    if found is None:
        first = " ".join(complaint.split())[:300]
        return bad_filter(f"không đúng cú pháp CQL2 ({first})", f"it is not valid CQL2 text ({first})")
    before = sum(len(line) for line in text.splitlines(keepends=True)[: int(found[1]) - 1])
    place = before + int(found[2])
    rest = text[place - 1 :].strip()[:MOST_SHOWN]
    if rest:
        return bad_filter(
            f"không đúng cú pháp CQL2 từ ký tự {place}: “{rest}”",
            f"it is not valid CQL2 from character {place}: “{rest}”",
        )
    return bad_filter("câu CQL2 chưa viết hết", "the CQL2 text ends too early")


def read_json(text: str) -> Any:
    """JSON of bounded depth without keys that stand twice and without NaN."""
    _refuse_depth(JSON_TEXT.sub("0", text))
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise bad_filter("không phải JSON", "it is not JSON") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad_filter("JSON có khóa lặp lại", "a key of the JSON is repeated")
    return found


def _no_number(word: str) -> Any:
    raise bad_filter(f"{word} không phải là số", f"{word} is not a number")


def _refuse_depth(text: str) -> None:
    if _depth(text) > MOST_DEPTH:
        raise _too_deep()


def _refuse_tries(text: str) -> None:
    """A few letters in twenty brackets would keep the parser for a minute, in forty for ever."""
    bare = text
    for _ in range(3):
        bare = NUMBERS.sub(" ", bare)
    if len(text) << _depth(bare) > MOST_TRIES:
        raise bad_filter("quá nhiều ngoặc lồng nhau", "it has too many brackets in brackets for its length")


def _depth(text: str) -> int:
    """Of the innermost bracket."""
    depth = deepest = 0
    for letter in text:
        if letter in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in ")]}":
            depth -= 1
    return deepest


def _measure(tree: Tree) -> None:
    count = 0
    for depth, node in _nodes(tree):
        count += not isinstance(node, int | float) or isinstance(node, bool)
        if depth > MOST_DEPTH:
            raise _too_deep()
        if count > MOST_NODES:
            raise _too_big()


def _nodes(tree: Tree) -> Iterator[tuple[int, Tree]]:
    """Every node with its depth, without recursion; coordinates are counted where geometries are read."""
    waiting = [(1, tree)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        if isinstance(node, dict):
            inner = [value for key, value in node.items() if key != "coordinates"]
        else:
            inner = node if isinstance(node, list) else []
        waiting.extend((depth + isinstance(node, dict), value) for value in inner)


def _too_deep() -> Exception:
    return bad_filter(f"lồng nhau quá {MOST_DEPTH} cấp", f"it is nested more than {MOST_DEPTH} levels deep")


def _too_big() -> Exception:
    return bad_filter(
        f"có hơn {MOST_NODES} thành phần; hãy chia thành nhiều truy vấn, hoặc dùng một vùng thay cho danh sách",
        f"it has more than {MOST_NODES} parts; ask several questions, or draw an area instead of a list",
    )
