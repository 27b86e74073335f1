"""What is drawn ahead of a layer, as drawing takes it: processes that draw need not know layer files."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the catalog takes as long to import as all that draws
    from gis_server.catalog.tile_rule import RankRule, Reduce


@dataclass(frozen=True)
class Rule:
    """From `low` to `high` tiles are drawn ahead. `by`: the fields that drawn things keep, and are joined by."""

    low: int
    high: int
    way: "Reduce"
    by: tuple[str, ...]
    into_areas: bool
    label: str | None = None
    """The field that labels say."""
    rank: "RankRule | None" = None
    """Which of a crowd is shown; None: the lowest fid."""

    @property
    def joins(self) -> bool:
        """Whether features with equal fields become one thing."""
        return self.way == "merge" or self.into_areas
