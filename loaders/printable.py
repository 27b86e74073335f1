"""Texts that come from files, fit for a terminal, the log book and a report."""

import re
from typing import Any

HARMFUL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, halves of characters, and marks that turn the writing round."""


def printable(words: str) -> str:
    """Names and messages of a file without what harms a terminal, a log book or a report."""
    return HARMFUL.sub("�", words)


def printable_in(value: Any) -> Any:
    """The same data with all its texts printable."""
    match value:
        case str():
            return printable(value)
        case list() | tuple():
            return [printable_in(one) for one in value]
        case dict():
            return {key: printable_in(one) for key, one in value.items()}
    return value
