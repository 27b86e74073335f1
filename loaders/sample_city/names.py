"""Vietnamese names of the sample city, read from names.yaml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gis_server.catalog.words import read_yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Names:
    """Lists of names; where a list is used up it starts again with a number behind."""

    lists: dict[str, Any]

    def nth(self, kind: str, index: int) -> str:
        names = self.lists[kind]
        return str(names[index % len(names)]) + (f" {index // len(names) + 1}" if index >= len(names) else "")

    def street(self, kind: str, index: int) -> str:
        names = self.lists["streets"][kind]
        again = index // len(names)
        return str(names[index % len(names)]) + (f" nối dài {again}" if again > 1 else " nối dài" if again else "")

    def communes(self, ward: int) -> list[str]:
        groups = self.lists["communes"]
        again = f" {ward // len(groups) + 1}" if ward >= len(groups) else ""
        return [name + again for name in groups[ward % len(groups)]]

    def trees(self, picks: np.ndarray) -> list[tuple[str, str, str]]:
        return [(str(row[0]), str(row[1]), str(row[2])) for row in (self.lists["trees"][pick] for pick in picks)]


def read_names() -> Names:
    """The names of the sample city."""
    return Names(read_yaml(FOLDER / "names.yaml"))
