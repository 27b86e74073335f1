"""What the data files say of edits: which layers take them, from which offices, and whose data they become."""

from pydantic import Field

from gis_server.catalog.strict import Strict, Text


class SourceRule(Strict):
    """The office that rows come from; they are replaced by its next delivery, and by no one else's."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: Text
    licence: str = Field(min_length=1)
    attribution: str = Field(min_length=1)
    synthetic: bool = False


class EditRule(Strict):
    """Who may edit a layer's features over HTTP."""

    roles: list[str] = Field(min_length=1)
    """Names in `_editors.yaml`."""


class Editor(Strict):
    """One role of `layers/_editors.yaml`: an office that edits."""

    title: Text
    source: SourceRule
    """What it creates belongs to this source."""
    also: list[str] = Field(default_factory=list)
    """Other sources whose features it may change; they stay theirs."""
