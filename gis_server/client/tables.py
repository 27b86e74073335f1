"""Answers in JSON as tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

SERVED = ("count", "release", "updated", "steward", "evidence", "access")
LAYERS = ("id", "title_vi", "title_en", "theme", "geometry", *SERVED)
CHANGES = ("release", "published", "layer", "kind", "fid")


def table_of(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A row for each mapping; what one does not have is missing."""
    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in columns})


def layers_of(catalogue: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **layer,
            "title_vi": layer["title"]["vi"],
            "title_en": layer["title"]["en"],
            "theme": theme["id"],
            "geometry": ", ".join(layer["geometry"]),
        }
        for theme in catalogue["themes"]
        for layer in theme["layers"]
    ]


def changes_of(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for release in told["releases"]:
        for layer in release["layers"]:
            for kind in ("added", "changed", "removed"):
                shared = {"release": release["release"], "published": release["published"], "layer": layer["layer"]}
                yield from ({**shared, "kind": kind, "fid": fid} for fid in layer[kind])
