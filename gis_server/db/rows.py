"""Which rows of a layer a view holds, as a condition in SQL made of the layer file's `rows`."""

import hashlib
import re
from collections.abc import Sequence

from gis_server.catalog import Layer
from gis_server.catalog.model import ACCESS_ORDER, Access
from gis_server.db.statements import literal, quoted

ONE_CAPITAL = re.compile("[A-HJ-RT-Z0-9_]+")
"""Letters that `upper` makes of their small one alone: I is made of ı as well, S of ſ."""
BACKSLASH, ANYTHING = "\\", r"\0025"
"""The latter is LIKE's %, written so that psycopg does not take it for a parameter."""


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
    words = f"upper({quoted(field)})"
    plain = f'upper({quoted(field)} COLLATE "C")'
    some = plain if all(ONE_CAPITAL.fullmatch(code) for code in codes) else words
    parts = ", ".join(_anywhere(code) for code in codes)
    # The first half tells nearly every row from its like, in a thirtieth of the time.
    return f"({some} LIKE ANY (ARRAY[{parts}]) AND regexp_split_to_array({words}, '[^[:alnum:]_]+') && {listed})"


def _anywhere(code: str) -> str:
    """The code within any text; `_`, which LIKE takes for any letter, is left to the second half."""
    return "U&" + literal(f"{ANYTHING}{code.replace(BACKSLASH, '_')}{ANYTHING}")


def ways_of_seeing(layer: Layer) -> dict[str, str | None]:
    """What different callers see of a layer's rows: the name of each way, and its condition."""
    levels = ACCESS_ORDER[ACCESS_ORDER.index(layer.file.access) :]
    conditions = [rows_condition(layer, level) for level in levels]
    return {way_name(condition): condition for condition in [*conditions, None]}


def way_name(condition: str | None) -> str:
    """Empty for all rows."""
    return "" if condition is None else hashlib.blake2b(condition.encode(), digest_size=6).hexdigest()
