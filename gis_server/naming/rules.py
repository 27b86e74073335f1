"""Which columns of a layer hold names, and how street and number are read from the text of an address, in SQL."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from gis_server.catalog import Layer
from gis_server.db.statements import quoted

WAY = 1
"""In which way names are kept and folded; another one keeps all of them anew."""
LONGEST = 250
"""Letters of a name that are kept: more do not fit an index, and nobody types them."""
NUMBERED = "^(?:số (?:nhà )?|hẻm |ngõ )([0-9][^ ,]*) +([^,]*[^ ,])"
"""An address that begins with a word: its number, then its street up to a comma."""


@dataclass(frozen=True)
class NameColumn:
    """A field that names are read from; `name` and `number` are expressions in SQL, null where there is none."""

    field: str
    name: str
    number: str


def name_columns(layer: Layer) -> Iterator[NameColumn]:
    """Names as they are written; of addresses the streets."""
    rule = layer.file.search
    for field in rule.names if rule else ():
        yield NameColumn(field, f"nullif(left(btrim({quoted(field)}), {LONGEST}), '')", "NULL::text")
    if rule and rule.address:
        yield _address(rule.address)


def _address(field: str) -> NameColumn:
    """Most addresses begin with their number and are cut at its end: a regular expression takes ten times as long."""
    text = quoted(field)
    written = f"regexp_match({text}, '{NUMBERED}', 'i')"
    street = f"nullif(btrim(split_part(substr({text}, strpos({text} || ' ', ' ') + 1), ',', 1)), '')"
    number = f"rtrim(split_part({text}, ' ', 1), ',')"
    plain = f"ascii({text}) BETWEEN 48 AND 57"
    return NameColumn(
        field,
        f"left(CASE WHEN {plain} THEN {street} ELSE ({written})[2] END, {LONGEST})",
        f"lower(left(CASE WHEN {plain} THEN {number} ELSE ({written})[1] END, {LONGEST}))",
    )


def rule_mark(layer: Layer) -> str:
    """Tells one way of keeping a layer's names from the next."""
    columns = [(one.field, one.name, one.number) for one in name_columns(layer)]
    return hashlib.sha256(f"{WAY} {columns}".encode()).hexdigest()[:16] if columns else ""
