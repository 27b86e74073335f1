"""The plan of a load: which file is read how, by which profile, in whose name, before anything is read."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from gis_server.catalog import Catalog
from gis_server.catalog.model import Text
from gis_server.errors import DeliveryUnreadable, ProfileInvalid
from gis_server.releases.source import Source, source_of
from loaders.child.host import Child
from loaders.child.wire import Request
from loaders.conditions import columns_of as columns_of_conditions
from loaders.crs import Given, Locator
from loaders.deliveries import UNLISTED, DeliveredFile, Delivery
from loaders.profile_reader import columns_of, read_profile
from loaders.profiles import FileRule, Profile
from loaders.rasters.order import order_for
from loaders.readers.stream import Stream
from loaders.repeats import once
from loaders.selection import Selection, how_to_read, name_fits, rules_for_file
from loaders.sniff import verify

NO_RULE = Text(vi="hồ sơ nạp không có quy tắc nào cho tệp này", en="the profile has no rule for this file")


@dataclass(frozen=True)
class Reading:
    """A file to be read."""

    file: DeliveredFile
    profile: Profile
    how: FileRule

    def streams(self, locator: Locator, child: Child, seen: set[str]) -> Iterator[Stream]:
        """The layers of the file that can be put into a grid, read in the child.

        Once a layer of a load cannot, no more are handed on: the rest is only read for its grid.
        `seen` holds the OSM objects that earlier files brought.
        """
        catalog = locator.catalog
        reader = self.how.reader or self.file.reader
        if reader is None:
            return
        if self.file.reader == "overpass" and reader == "osm":
            reader = "overpass"  # a profile for OSM speaks of the objects, whichever way they were written
        verify(self.file.path, self.file.name)
        columns = frozenset(columns_read(self.profile, catalog)) if reader in ("osm", "overpass") else frozenset()
        request = Request(self.file.path, self.file.name, reader, self.how, columns, self.profile.areas)
        if reader == "raster":
            workspace = None if child.workspace is None else child.workspace()
            request = replace(request, raster=order_for(catalog, self.profile.layers[0].to, workspace))
        for stream in child.streams(request):
            if locator.locate(stream, self.how, self.profile) and not locator.hopeless:
                yield once(stream, seen) if reader == "overpass" else stream


@dataclass
class Plan:
    """What will be read, in whose name, and which files are left out and why."""

    path: Path
    """Of the delivery; its folders may name a province."""
    source: Source
    profiles: dict[str, Profile]
    readings: list[Reading] = field(default_factory=list)
    left_out: dict[str, Text] = field(default_factory=dict)
    given: tuple[Given, ...] = ()
    """What a person says of the grids."""

    @property
    def rejects(self) -> float:
        return min(profile.rejects for profile in self.profiles.values())

    @property
    def repair(self) -> float | None:
        shares = [profile.repair for profile in self.profiles.values()]
        return None if None in shares else min(share for share in shares if share is not None)

    @property
    def layers(self) -> set[str]:
        return {rule.to for profile in self.profiles.values() for rule in profile.layers}


def make_plan(delivery: Delivery, profile: str | None, catalog: Catalog) -> Plan:
    """One delivery, one source: the manifest's, or the one all its profiles agree on."""
    names = _profile_names(delivery, profile)
    beside = delivery.folder if delivery.manifest and profile is None else None
    profiles = {name: read_profile(name, catalog, beside) for name in dict.fromkeys(names.values()) if name}
    plan = Plan(delivery.path, _source(delivery, profile, profiles), profiles)
    for file in delivery.files:
        name = names[file.name]
        if file.reader is None or name is None:
            plan.left_out[file.name] = file.reason or UNLISTED
        else:
            _place(plan, file, _for_rasters_or_not(profiles[name], file, catalog))
    if not plan.readings:
        raise DeliveryUnreadable(
            f"Hồ sơ nạp {', '.join(profiles)} không có quy tắc cho tệp nào trong {delivery.path.name}.",
            f"No rule of the profile {', '.join(profiles)} is for a file in {delivery.path.name}.",
        )
    return plan


def _profile_names(delivery: Delivery, profile: str | None) -> dict[str, str | None]:
    """The profile of each file: the one asked for, else the manifest's."""
    if profile is not None:
        return dict.fromkeys((file.name for file in delivery.files), profile)
    if delivery.manifest is None:
        raise ProfileInvalid(
            "Thiếu hồ sơ nạp: hãy dùng --profile TÊN, hoặc đặt giao_nop.yaml trong thư mục giao nộp.",
            "Which profile? Use --profile NAME, or put giao_nop.yaml into the delivered folder.",
        )
    items = delivery.manifest.items
    return {
        file.name: next((item.profile for item in items if name_fits(file.name, item.file)), None)
        for file in delivery.files
    }


def _source(delivery: Delivery, profile: str | None, profiles: dict[str, Profile]) -> Source:
    said = {one.source.id: one.source for one in profiles.values()}
    if delivery.manifest is not None and delivery.manifest.source is not None and profile is None:
        return source_of(delivery.manifest.source)
    if len(said) != 1:
        raise ProfileInvalid(
            f"Các hồ sơ nạp ghi nguồn khác nhau ({', '.join(said)}); hãy ghi `source:` trong giao_nop.yaml.",
            f"The profiles name different sources ({', '.join(said)}); say `source:` in giao_nop.yaml.",
        )
    return source_of(next(iter(said.values())))


def _place(plan: Plan, file: DeliveredFile, profile: Profile) -> None:
    rules = rules_for_file(file.name, profile)
    if rules.layers:
        plan.readings.append(Reading(file, profile, how_to_read(file.name, profile)))
    else:
        plan.left_out[file.name] = _reason(rules)


def _for_rasters_or_not(profile: Profile, file: DeliveredFile, catalog: Catalog) -> Profile:
    """Of a raster's profile the first rule that is for it; of any other file's, the rules for layers that are drawn."""
    wanted = file.reader == "raster"
    rules = [rule for rule in profile.layers if (catalog[rule.to].file.raster is not None) == wanted]
    if wanted:
        rules = [rule for rule in rules if name_fits(file.name, rule.source.file)][:1]
    return profile.model_copy(update={"layers": rules})


def _reason(rules: Selection) -> Text:
    return rules.skip[0].reason if rules.skip else NO_RULE


def columns_read(profile: Profile, catalog: Catalog) -> set[str]:
    """Every column a profile reads: the tags an OSM object keeps."""
    names: set[str] = set()
    for rule in profile.layers:
        names |= columns_of_conditions(rule.source.where)
        for one in profile.fields_of(rule, set(catalog[rule.to].fields)).values():
            names |= columns_of(one)
        names |= rule.geometry_columns
    for source in [*(rule.source for rule in profile.skip), *(rule.source for rule in profile.tally)]:
        names |= columns_of_conditions(source.where)
    return names
