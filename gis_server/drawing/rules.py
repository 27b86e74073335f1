"""What is drawn ahead of a layer: up to which zoom, how things are joined, and which of their fields stay."""

import hashlib
from functools import cache
from pathlib import Path

from gis_server.catalog import Layer
from gis_server.db.rows import ways_of_seeing
from gis_server.drawing.rule import Rule

HERE = Path(__file__).parent
DECIDING = (
    "rule", "frames", "pieces", "outlines", "lots", "laying", "ground", "contours", "areas", "vectors", "squares",
    "tile", "block", "crowd", "whole", "said", "labels", "places",
)  # fmt: skip
"""Modules that decide what is drawn."""
DETAILED_ZOOM = 15
"""From here on features are drawn as they are served, unless the layer file says another zoom."""


def rule_of(layer: Layer) -> Rule | None:
    """None where every tile is drawn from the served rows themselves."""
    tiles = layer.file.tiles
    into = tiles.into
    high = (into.below if into else DETAILED_ZOOM) - 1
    if tiles.reduce == "none" or tiles.zoom[0] > high:
        return None
    into_areas = into is not None
    return Rule(
        tiles.zoom[0], min(high, tiles.zoom[1]), tiles.reduce, _kept(layer), into_areas, tiles.label, tiles.rank
    )


def is_labelled(layer: Layer) -> bool:
    """Whether tiles say names of the layer in a layer of their own."""
    rule = rule_of(layer)
    return rule is not None and rule.label is not None


def _kept(layer: Layer) -> tuple[str, ...]:
    """Fields that everyone who sees the layer sees; what names a single feature is not kept of joined ones."""
    tiles = layer.file.tiles
    if tiles.into is not None:
        return (tiles.into.by,) if tiles.into.by else ()
    seen = [name for name in tiles.fields if layer.fields[name].access in (None, layer.file.access)]
    if tiles.reduce == "merge":
        single = {*layer.key, *(name for name in seen if layer.fields[name].unique)}
        seen = [name for name in seen if name not in single]
    return tuple(seen)


def mark_of(layer: Layer) -> str:
    """Changes with everything that the drawing of a layer hangs on, this code among it."""
    rule, ways = rule_of(layer), sorted(ways_of_seeing(layer))
    kinds = [layer.fields[name].type for name in rule.by] if rule else []
    return hashlib.blake2b(f"{rule} {ways} {kinds} {_code()}".encode(), digest_size=8).hexdigest()


@cache
def _code() -> str:
    """Of the files that decide what is drawn."""
    state = hashlib.blake2b(digest_size=8)
    for name in DECIDING:
        state.update((HERE / f"{name}.py").read_bytes())
    return state.hexdigest()
