"""What was found in a delivery, as plain data: for the screen, for JSON, and for drafting a profile."""

from dataclasses import dataclass, field
from typing import Any

from gis_server.catalog.model import Text
from gis_server.catalog.rasters import RasterKind


@dataclass(frozen=True)
class ColumnFacts:
    """One column: its type, how many of the sampled rows have a value, some examples; masked where personal."""

    name: str
    type: str
    filled: float
    examples: tuple[str, ...]
    values: int
    """Different values in the sample."""
    personal: str | None = None
    few: tuple[str, ...] = ()
    """All of them, where they are few."""


@dataclass(frozen=True)
class Guess:
    """A layer of ours that the rows may belong to, and why."""

    layer: str
    confidence: float
    evidence: tuple[Text, ...]


@dataclass(frozen=True)
class RasterFacts:
    """What some cells of a raster look like."""

    kind: RasterKind
    least: float | None
    greatest: float | None


@dataclass
class LayerFacts:
    """One layer (or sheet, or list) of a delivered file."""

    file: str
    layer: str
    rows: int | None
    kinds: dict[str, int]
    """Geometry kinds among the sampled rows."""
    columns: list[ColumnFacts]
    grid: Text
    letters: Text
    extent: tuple[float, float, float, float] | None = None
    family: str | None = None
    targets: list[Guess] = field(default_factory=list)
    profiles: list[str] = field(default_factory=list)
    reading: dict[str, Any] = field(default_factory=dict)
    """How a table was read: its headings, separator, columns of coordinates; keys of `files` in a profile."""
    raster: RasterFacts | None = None
    """Where the one row is the footprint of a raster."""
    verdict: Text | None = None
    """Where it cannot become features as it is."""


@dataclass
class Inspection:
    """A whole delivery."""

    path: str
    layers: list[LayerFacts] = field(default_factory=list)
    unread: dict[str, Text] = field(default_factory=dict)
    """Files without rows for us, and why."""
    problems: dict[str, Text] = field(default_factory=dict)
    """Files that are damaged, disguised or incomplete."""
