"""What is asked of whoever makes edits into a release: the edits, in whose name, and what came of them.

The service only knows this contract. Who keeps it checks edits by the gate of deliveries, which no room may import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from gis_server.catalog import Layer
from gis_server.db.statements import quoted
from gis_server.releases.source import Source

Verb = Literal["insert", "replace", "update", "delete"]


@dataclass(frozen=True)
class Shape:
    """A geometry as it was written: WKB with x east, its system, and how fine coordinates are written in it."""

    wkb: bytes
    srid: int
    unit: float


@dataclass(frozen=True)
class Sight:
    """What the editor sees of a layer: fields, and rows as a FROM takes them. What is not seen is not changed."""

    layer: Layer
    fields: tuple[str, ...]
    rows: str


@dataclass(frozen=True)
class Edit:
    """One feature to be made, changed or ended."""

    sight: Sight
    verb: Verb
    fid: int | None = None
    """None of a feature to be made."""
    versions: frozenset[str] | None = None
    """What the editor saw; None: whichever there is."""
    values: Mapping[str, Any] | None = None
    """Fields as JSON has them; of an update only those to be changed."""
    shape: Shape | None = None
    redraws: bool = False
    """Whether the geometry changes, to `shape` or to none."""
    said_source: str | None = None
    """To which source it belongs, if the editor says so: nobody changes that."""

    @property
    def layer(self) -> Layer:
        return self.sight.layer


@dataclass(frozen=True)
class Author:
    """In whose name."""

    who: str
    note: str
    source: Source
    """Of features that are made."""
    also: frozenset[str]
    """Other sources whose features may be changed."""


@dataclass(frozen=True)
class Told:
    """One finding of the gate about an edit; `edit` is its place among those that came together."""

    edit: int
    layer: str
    code: str
    severity: str
    vi: str
    en: str
    field: str | None
    value: str | None
    place: tuple[float, float] | None
    """Longitude, latitude."""


@dataclass(frozen=True)
class Edited:
    """What was published; no release where nothing differs from what is served."""

    release: int | None
    fids: tuple[int, ...]
    """Of each edit."""
    told: tuple[Told, ...]
    """What the gate lets pass and yet remarks."""


class Editor(Protocol):
    """Makes one release of edits, all of them or none. Takes a while; raises the errors of `gis_server.errors`."""

    def apply(self, edits: Sequence[Edit], author: Author) -> Edited: ...


def version_sql(sight: Sight) -> str:
    """Tells versions of a feature apart by everything that the editor sees of it, and by nothing else."""
    columns = ", ".join([*(quoted(name) for name in sorted(sight.fields)), "source", "geom::bytea"])
    return f"to_hex(hash_record_extended(ROW({columns}), 0))"
