"""Which of our layers some rows belong to, guessed from class names of both generations, fields, codes and profiles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import Text
from gis_server.errors import DeliveryUnreadable
from loaders.classes import Delivered, class_rules
from loaders.families import OBJECT_CODE, aliases, family_of, names_said, without_suffix
from loaders.inspection.facts import Guess, LayerFacts
from loaders.inspection.rasters import raster_evidence
from loaders.matching import likely_columns
from loaders.personal import folded
from loaders.profile_reader import PROFILES, columns_of, read_profile
from loaders.profiles import LayerRule, Profile
from loaders.selection import name_fits

COMMON = frozenset(
    map(folded, ("maNhanDang", "phienBan", "ngayPhienBan", "giaTriDoChinhXacMatPhang", "nguyenNhanThayDoi"))
)
CLASS, OLD_CLASS, CODES, PROFILE, FIELDS, KIND = 0.75, 0.7, 0.7, 0.5, 0.6, 0.1
TITLE = 0.45
SHORTEST_TITLE = 4
WRONG_KIND = 0.25
SHOWN = 3
FEWEST = 0.12


@dataclass
class Guesser:
    """Everything that guesses are made from, read once."""

    catalog: Catalog
    profiles: dict[str, Profile] = field(default_factory=dict)

    def guess(self, facts: LayerFacts, codes: pa.Array | None) -> None:
        """Writes targets, family and profiles into the facts of one layer."""
        facts.family = family_of(column.name for column in facts.columns)
        facts.profiles = [name for name, profile in self.profiles.items() if self._rules(profile, facts)]
        found = [one for layer in self.catalog if (one := self._about(layer, facts, codes)) is not None]
        facts.targets = sorted(found, key=lambda one: -one.confidence)[:SHOWN]

    def _about(self, layer: Layer, facts: LayerFacts, codes: pa.Array | None) -> Guess | None:
        if (layer.file.raster is None) != (facts.raster is None):
            return None
        pieces = [
            *self._class(layer, facts),
            *self._codes(layer, codes),
            *(_fields(layer, facts) if facts.raster is None else raster_evidence(layer, facts.raster)),
            *_title(layer, facts),
            *self._by_profile(layer, facts),
        ]
        if not pieces:
            return None
        doubt = 1.0
        for weight, _ in pieces:
            doubt *= 1 - weight
        fits = not facts.kinds or bool(set(facts.kinds) & set(layer.file.geometry))
        confidence = (1 - doubt * (1 - KIND)) if fits else (1 - doubt) * WRONG_KIND
        if confidence < FEWEST:
            return None
        words = [text for _, text in pieces]
        kinds = "/".join(facts.kinds)
        if facts.kinds and not fits:
            words.append(Text(vi=f"nhưng hình học là {kinds}", en=f"but the geometry is {kinds}"))
        return Guess(layer.id, round(confidence, 2), tuple(words))

    def _class(self, layer: Layer, facts: LayerFacts) -> Iterator[tuple[float, Text]]:
        name = layer.file.standard.class_name if layer.file.standard is not None else layer.name
        names = {folded(name or layer.name), folded(layer.name)}
        for said in names_said(facts.file, facts.layer):
            alias = aliases().get(said)
            if said not in names and alias is not None and set(map(folded, alias.classes)) & names:
                weight = OLD_CLASS if len(alias.classes) == 1 else OLD_CLASS / 2
                yield (
                    weight,
                    Text(
                        vi=f"tên lớp cũ (trước 2019) {alias.old}", en=f"pre-2019 class {alias.old} ({alias.certainty})"
                    ),
                )
                return
            if {said, without_suffix(said)} & names:
                yield CLASS, Text(vi=f"tên lớp {name}", en=f"class name {name}")
                return

    def _codes(self, layer: Layer, codes: pa.Array | None) -> Iterator[tuple[float, Text]]:
        rule = layer.fields.get("maDoiTuong")
        if codes is None or rule is None or rule.domain is None or not len(codes):
            return
        known = pa.array(list(self.catalog.domains[rule.domain].values), pa.string())
        share = pc.sum(pc.is_in(codes, value_set=known)).as_py() / len(codes)
        if share:
            example = next(code for code in codes.to_pylist() if code in known.to_pylist())
            yield (
                CODES * share,
                Text(vi=f"maDoiTuong {example}: {share:.0%}", en=f"feature type codes {example}: {share:.0%}"),
            )

    def _by_profile(self, layer: Layer, facts: LayerFacts) -> Iterator[tuple[float, Text]]:
        for name in facts.profiles:
            if any(rule.to == layer.id for rule in self._rules(self.profiles[name], facts)):
                yield PROFILE, Text(vi=f"hồ sơ nạp {name}", en=f"profile {name}")
                return

    def _rules(self, profile: Profile, facts: LayerFacts) -> list[LayerRule]:
        """Rules that name this file, layer or class, and whose columns it has."""
        columns = [one.name for one in facts.columns]
        found = _named_rules(profile, facts, columns)
        try:
            found += class_rules(Delivered(facts.file, facts.layer, columns), profile.classes, self.catalog)
        except DeliveryUnreadable:
            return found  # of an unknown generation: no profile fits it as it is
        return found


def read_guesser(catalog: Catalog) -> Guesser:
    """Aliases and shipped profiles. A profile is named where its rules for a file are explicit."""
    names = sorted(path.stem for path in PROFILES.glob("*.yaml"))
    return Guesser(catalog, {name: read_profile(name, catalog) for name in names})


def _title(layer: Layer, facts: LayerFacts) -> Iterator[tuple[float, Text]]:
    """`Danh sách cột đèn.xlsx`: the layer's title inside the name of a file or sheet."""
    title = folded(layer.file.title.vi.partition("(")[0])
    if len(title) >= SHORTEST_TITLE and any(title in said for said in names_said(facts.file, facts.layer)):
        yield TITLE, Text(vi=f"tên tệp có “{layer.file.title.vi}”", en=f"the file's name has “{layer.file.title.vi}”")


def _fields(layer: Layer, facts: LayerFacts) -> Iterator[tuple[float, Text]]:
    matched = {
        ours for ours in likely_columns(layer, [one.name for one in facts.columns]) if folded(ours) not in COMMON
    }
    own = [name for name in layer.fields if folded(name) not in COMMON and folded(name) != OBJECT_CODE]
    matched &= set(own)
    columns = [one for one in facts.columns if folded(one.name) not in COMMON]
    if len(matched) < 2 or not own:
        return
    share = len(matched) / min(len(own), max(len(columns), 1))
    shown = ", ".join(sorted(matched)[:4])
    yield (
        FIELDS * min(share, 1.0),
        Text(
            vi=f"{len(matched)}/{len(own)} trường trùng khớp ({shown})", en=f"{len(matched)} of {len(own)} fields match"
        ),
    )


def _named_rules(profile: Profile, facts: LayerFacts, names: list[str]) -> list[LayerRule]:
    columns = {name.lower() for name in names}
    found = []
    for rule in profile.layers:
        file, layers = rule.source.file, [one.lower() for one in rule.source.layer]
        named = file.strip("*") not in ("", ".gdb", ".gpkg", ".shp", ".json", ".geojson") or layers != ["*"]
        fits = name_fits(facts.file, file) and any(re.fullmatch(_glob(one), facts.layer.lower()) for one in layers)
        needed = {name for one in rule.fields.values() for name in columns_of(one, also_optional=False)}
        if facts.raster is not None:  # what a raster lacks now is measured when it is loaded
            needed = set()
        if named and fits and {name.lower() for name in needed if not name.startswith("@")} <= columns:
            found.append(rule)
    return found


def _glob(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*")
