"""Personal data: recognised by the names of columns, in two languages, and by what their values look like."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gis_server.catalog.words import read_yaml

DBF_LENGTH = 10
FEWEST_VALUES = 3
MOST_FOLDED = 50_000
"""Names kept folded: the titles of the whole catalogue are compared with every layer of a delivery."""


@dataclass(frozen=True)
class Personal:
    """What `personal.yaml` says."""

    names: Mapping[str, str]
    """Folded name → kind."""
    values: Mapping[str, str]
    """Kind → pattern."""
    share: float

    def by_name(self, column: str) -> str | None:
        """`owner`, `identity`, …; also where a DBF cut the name."""
        name = folded(column)
        if name in self.names:
            return self.names[name]
        if len(column) != DBF_LENGTH:
            return None
        return next((kind for known, kind in self.names.items() if known[:DBF_LENGTH] == name), None)

    def by_values(self, values: pa.Array) -> str | None:
        """The kind that most of the values look like."""
        if not pa.types.is_string(values.type):
            return None
        known = pc.drop_null(values)
        if len(known) < FEWEST_VALUES:
            return None
        for kind, pattern in self.values.items():
            if pc.sum(pc.match_substring_regex(known, pattern)).as_py() >= self.share * len(known):
                return kind
        return None


def read_personal() -> Personal:
    content = read_yaml(Path(__file__).with_name("personal.yaml"))
    names = {folded(name): kind for kind, some in content["names"].items() for name in some}
    values = {kind: pattern for kind, pattern in content["values"].items() if kind != "share"}
    return Personal(names, values, float(content["values"]["share"]))


@lru_cache(MOST_FOLDED)
def folded(name: str) -> str:
    """A name without accents, signs and capitals: `Chủ sử dụng` → `chusudung`."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", "".join(one for one in plain if not unicodedata.combining(one)))
