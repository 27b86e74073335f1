"""Which rows of a layer a view holds, as a condition in SQL made of the layer file's `rows`."""

import hashlib
import re
from collections.abc import Sequence

from gis_server.catalog import Layer
from gis_server.catalog.model import ACCESS_ORDER, Access
from gis_server.db.statements import literal, quoted

ALSO = {"I": "ı", "S": "ſ"}
"""Letters beside the small one that become this one in capitals."""


def rows_condition(layer: Layer, level: Access) -> str | None:
    """True for the rows that this level sees; None where it sees all of them."""
    hidden = [
        _is_marked(layer, field, codes)
        for stricter, marks in layer.file.rows.items()
        if ACCESS_ORDER.index(stricter) > ACCESS_ORDER.index(level)
        for field, codes in marks.items()
    ]
    return f"({' OR '.join(hidden)}) IS NOT TRUE" if hidden else None


def _is_marked(layer: Layer, field: str, codes: Sequence[str]) -> str:
    """A code equals one of the codes; a text has one among its words, whatever stands between them (ODT+CQP)."""
    listed = f"ARRAY[{', '.join(literal(code) for code in codes)}]"
    if layer.fields[field].type == "code":
        return f"{quoted(field)} = ANY ({listed})"
    words = f"regexp_split_to_array(upper({quoted(field)}), '[^[:alnum:]_]+')"
    # The first half tells nearly every row from its like, in a tenth of the time.
    return f"({quoted(field)} ~ {literal('|'.join(map(_in_any_case, codes)))} AND {words} && {listed})"


def _in_any_case(code: str) -> str:
    """A pattern of all that `upper` makes into this code."""
    return "".join(map(_letter, code))


def _letter(letter: str) -> str:
    return f"[{letter}{letter.lower()}{ALSO.get(letter, '')}]" if letter.isalpha() else re.escape(letter)


def ways_of_seeing(layer: Layer) -> dict[str, str | None]:
    """What different callers see of a layer's rows: the name of each way, and its condition."""
    levels = ACCESS_ORDER[ACCESS_ORDER.index(layer.file.access) :]
    conditions = [rows_condition(layer, level) for level in levels]
    return {way_name(condition): condition for condition in [*conditions, None]}


def way_name(condition: str | None) -> str:
    """Empty for all rows."""
    return "" if condition is None else hashlib.blake2b(condition.encode(), digest_size=6).hexdigest()
