"""Who delivered the rows: a load adds, changes and ends rows of its own source only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One row of `meta.source`; `synthetic` marks data that no one measured."""

    id: str
    title_vi: str
    title_en: str
    licence: str
    attribution: str
    synthetic: bool = False
