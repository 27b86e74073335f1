"""The pieces that a filter is compiled to: SQL with the kind of its value, and what may be named in it."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gis_server.errors import BadRequest
from gis_server.features.cql.sentences import bad_filter

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "geometry"]
KINDS: Mapping[Kind, tuple[str, str]] = {
    "text": ("chữ", "text"),
    "integer": ("số nguyên", "a whole number"),
    "number": ("số", "a number"),
    "boolean": ("đúng/sai", "true or false"),
    "date": ("ngày, viết DATE('2025-07-01')", "a date, written DATE('2025-07-01')"),
    "datetime": ("thời điểm, viết TIMESTAMP('2025-07-01T00:00:00Z')", "an instant, TIMESTAMP('2025-07-01T00:00:00Z')"),
    "geometry": ("hình học", "a geometry"),
}
LONGEST_TEXT = 1_000
GREATEST = 2.0**53
"""Beyond it a double no longer holds every whole number."""


@dataclass(frozen=True)
class Term:
    """A piece of SQL and what it yields."""

    sql: str
    kind: Kind


@dataclass
class Scope:
    """What a filter may name, and where its values are bound."""

    properties: Mapping[str, Term]
    bind: Callable[[Any], str]
    shape: Callable[[Mapping[str, Any], bool], str]
    """A geometry of the filter as SQL; the second says that it may be cut to the city's surroundings."""
    can_fail: bool = field(default=False)
    """Whether a row could make the database stop with an error, as arithmetic can."""

    def property(self, name: Any) -> Term:
        """A field by its name; hidden and unknown ones are refused in the same words."""
        found = self.properties.get(unicodedata.normalize("NFC", name)) if isinstance(name, str) else None
        if found is None:
            shown, known = str(name)[:60], ", ".join(self.properties)
            raise bad_filter(f"không có thuộc tính “{shown}”; có: {known}", f"there is no property “{shown}”; {known}")
        return found

    def text(self, value: str) -> Term:
        if len(value) > LONGEST_TEXT:
            raise bad_filter(
                f"một đoạn chữ dài hơn {LONGEST_TEXT} ký tự", f"a text is longer than {LONGEST_TEXT} characters"
            )
        return Term(f"{self.bind(plain(value))}::text", "text")

    def number(self, value: float, wanted: Kind = "number") -> Term:
        if not abs(value) < GREATEST:
            raise bad_filter(f"số {value!r} quá lớn", f"the number {value!r} is too large")
        if wanted == "integer" and float(value).is_integer():
            return Term(f"{self.bind(int(value))}::bigint", "integer")
        return Term(f"{self.bind(float(value))}::float8", "number")


def plain(value: str) -> str:
    """As stored texts are: composed (NFC), and writable in UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise bad_filter("có ký tự bị hỏng", "a text contains a broken character") from error
    if "\x00" in value:
        raise bad_filter("có ký tự U+0000", "it contains the character U+0000")
    return unicodedata.normalize("NFC", value)


def wrong_kind(what: str, wanted: Kind, found: Kind) -> BadRequest:
    vi, en = KINDS[wanted]
    return bad_filter(
        f"{what} cần {vi}, nhưng nhận được {KINDS[found][0]}", f"{what} needs {en}, not {KINDS[found][1]}"
    )
