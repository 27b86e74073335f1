"""Who delivered the rows: a load adds, changes and ends rows of its own source only."""

from dataclasses import dataclass

from gis_server.catalog.edits import SourceRule


@dataclass(frozen=True)
class Source:
    """One row of `meta.source`; `synthetic` marks data that no one measured."""

    id: str
    title_vi: str
    title_en: str
    licence: str
    attribution: str
    synthetic: bool = False


def source_of(rule: SourceRule) -> Source:
    """The source that a data file names."""
    return Source(rule.id, rule.title.vi, rule.title.en, rule.licence, rule.attribution, rule.synthetic)
