"""What a layer file says of its tiles: zooms, fields, and what becomes of crowds."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gis_server.catalog.strict import Strict

Reduce = Literal["cluster", "merge", "simplify", "rank", "none"]


class IntoAreas(Strict):
    """Features too small to be told apart become areas of one kind each."""

    below: int = Field(ge=1, le=17)
    """The zoom from which on features are drawn themselves."""
    by: str | None = None
    """The field that tells the kinds apart; without one all are alike."""


class RankRule(Strict):
    """Which point of a crowd is shown: by a code, those named first; by a number, the greatest."""

    by: str
    first: list[str] = Field(default_factory=list)


class TileRule(Strict):
    """What tiles carry: zooms (inclusive), fields, and how crowds are thinned."""

    zoom: tuple[int, int]
    fields: list[str] = Field(default_factory=list)
    later: dict[str, int] = Field(default_factory=dict)
    """Fields that only tiles from some zoom on carry."""
    reduce: Reduce = "none"
    into: IntoAreas | None = None
    rank: RankRule | None = None
    label: str | None = None
    """The field that an area says in one place and a line along its stretches, in tiles' own layer of labels."""

    @model_validator(mode="after")
    def _zooms_in_order(self) -> Self:
        if not 0 <= self.zoom[0] <= self.zoom[1] <= 22:
            raise ValueError("`zoom` is [lowest, highest], between 0 and 22")
        return self

    @model_validator(mode="after")
    def _areas_need_room(self) -> Self:
        if self.into is not None and (self.reduce == "none" or not self.zoom[0] < self.into.below <= self.zoom[1]):
            raise ValueError("`into.below` lies within `zoom`, and `reduce` is not none")
        return self

    @model_validator(mode="after")
    def _only_a_rank_has_an_order(self) -> Self:
        if self.rank is not None and self.reduce != "rank":
            raise ValueError("`rank` needs `reduce: rank`")
        return self

    @model_validator(mode="after")
    def _labels_stand_for_what_is_drawn_ahead(self) -> Self:
        if self.label is not None and self.reduce == "none":
            raise ValueError("`label` needs a `reduce` other than none")
        return self

    def fields_at(self, zoom: int) -> list[str]:
        """What a tile of features as they are carries."""
        return [name for name in self.fields if self.later.get(name, 0) <= zoom]
