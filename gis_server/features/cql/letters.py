"""Letters in filters: case and accents set aside, and patterns that end in bounded time."""

import re
from collections.abc import Mapping

from gis_server.features.cql.sentences import bad_filter

FOLDS: Mapping[str, str] = {
    "casei": 'lower(({0}) COLLATE "und-x-icu")',
    "accenti": "translate(regexp_replace(normalize(({0}), NFD), U&'[\\0300-\\036F]', '', 'g'), 'đĐ', 'dD')",
}
"""Accents are what stands apart in NFD, and the bar of đ, which Unicode takes for a letter of its own."""
MOST_GAPS = 10
"""`%` in a pattern: each may make the match try every place anew."""
RUN = re.compile("[%_]+")


def like_pattern(pattern: str) -> str:
    """The pattern with each run of `%` and `_` in its quickest writing: `_%_%` is `__%`."""
    pieces = re.split(r"(\\.)", pattern, flags=re.DOTALL)
    short = "".join(piece if piece.startswith("\\") else RUN.sub(_quickest, piece) for piece in pieces)
    if re.sub(r"\\.", "", pattern, flags=re.DOTALL).endswith("\\"):
        raise bad_filter("mẫu LIKE không được kết thúc bằng \\", "a LIKE pattern may not end with \\")
    if re.sub(r"\\.", "", short, flags=re.DOTALL).count("%") > MOST_GAPS:
        raise bad_filter(f"mẫu LIKE có hơn {MOST_GAPS} dấu %", f"a LIKE pattern has more than {MOST_GAPS} %")
    return short


def _quickest(run: re.Match[str]) -> str:
    return "_" * run[0].count("_") + "%" * ("%" in run[0])
