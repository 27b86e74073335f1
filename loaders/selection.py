"""Which rules of a profile speak of a file and its layers at all, before any row is looked at."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from gis_server.catalog import Catalog
from loaders.classes import Delivered, class_rules
from loaders.conditions import columns_of as columns_of_conditions
from loaders.profile_reader import columns_of
from loaders.profiles import FileRule, FromRule, LayerRule, Profile, SkipRule, TallyRule
from loaders.readers.stream import Stream


@dataclass(frozen=True)
class Selection:
    """The rules for one stream, in the order of the profile."""

    layers: list[LayerRule]
    skip: list[SkipRule]
    tally: list[TallyRule]

    def needed(self, profile: Profile, catalog: Catalog, *, also_optional: bool = False) -> set[str]:
        """Columns the rules cannot do without; or all that they read."""
        names: set[str] = set()
        for rule in self.layers:
            names |= columns_of_conditions(rule.source.where)
            fields = profile.fields_of(rule, set(catalog[rule.to].fields))
            names |= {name for field in fields.values() for name in columns_of(field, also_optional)}
            names |= rule.geometry_columns
        return names


def select(stream: Stream, profile: Profile, catalog: Catalog) -> Selection:
    return Selection(
        [*(rule for rule in profile.layers if _speaks_of(rule.source, stream)), *_by_class(stream, profile, catalog)],
        [skip for skip in profile.skip if _speaks_of(skip.source, stream)],
        [tally for tally in profile.tally if _speaks_of(tally.source, stream)],
    )


def _by_class(stream: Stream, profile: Profile, catalog: Catalog) -> list[LayerRule]:
    rules = [rule for rule in profile.classes if name_fits(stream.file, rule.file)]
    if not rules or stream.columns is None:
        return []
    return class_rules(Delivered(stream.file, stream.layer, stream.columns), rules, catalog)


def rules_for_file(file: str, profile: Profile) -> Selection:
    """The rules that may concern some layer of a file; a rule for classes stands in for those it will make."""
    by_class = [LayerRule(to=rule.layers) for rule in profile.classes if name_fits(file, rule.file)]
    return Selection(
        [*(rule for rule in profile.layers if name_fits(file, rule.source.file)), *by_class],
        [skip for skip in profile.skip if name_fits(file, skip.source.file)],
        [],
    )


def how_to_read(file: str, profile: Profile) -> FileRule:
    """The profile's own words on reading, overridden by the first `files` entry that fits."""
    own = {"reader": profile.reader, "crs": profile.crs, "encoding": profile.encoding}
    found = next((rule for rule in profile.files if name_fits(file, rule.file)), None)
    if found is None:
        return FileRule.model_validate(own)
    said = {name: value for name, value in found.model_dump().items() if value is not None}
    return FileRule.model_validate({**own, **said})


def name_fits(file: str, glob: str) -> bool:
    """Case does not matter; a glob without a slash fits in any folder."""
    name, pattern = file.lower(), glob.lower()
    return fnmatchcase(name, pattern) or ("/" not in pattern and fnmatchcase(name.rpartition("/")[2], pattern))


def _speaks_of(source: FromRule, stream: Stream) -> bool:
    layers = [layer.lower() for layer in source.layer]
    return name_fits(stream.file, source.file) and any(fnmatchcase(stream.layer.lower(), layer) for layer in layers)
