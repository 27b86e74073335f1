"""Which parcels are meant by what people type: an address, a number, a point, each with the address of its dossier."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis_server.catalog.crs import WGS84
from gis_server.finding.finder import Finder
from gis_server.finding.search import Asked, search
from gis_server.finding.words import read_typed
from gis_server.planning.asked import Opened
from gis_server.planning.subject import Key, Subject, find_parcels, parcels_of_points

MOST = 12
KINDS = ("parcel", "address", "facility", "coordinate")
"""What stands on one parcel; roads, wards and waters lie on many."""


@dataclass(frozen=True)
class Choice:
    """Something found by its name, and the parcel that it lies on, if the caller sees one there."""

    hit: Mapping[str, Any]
    subject: Subject | None
    key: Key | None

    @property
    def path(self) -> str | None:
        return None if self.key is None else "/planning/parcels/{}/{}/{}/dossier".format(*self.key)


@dataclass(frozen=True)
class Choices:
    """All that was found for a text, best first, each parcel once."""

    text: str
    found: Sequence[Choice]

    @property
    def exact(self) -> list[Choice]:
        return [one for one in self.found if one.hit["match"] == "exact"]

    @property
    def only(self) -> Choice | None:
        """What is meant beyond doubt: all that is called exactly so lies on one parcel."""
        exact = self.exact
        return exact[0] if len(exact) == 1 and exact[0].subject is not None else None


async def choices(at: Opened, finder: Finder, text: str, kinds: Collection[str] = KINDS) -> Choices:
    """What finding knows of the text by today's names, on the parcels of the release that is asked for."""
    typed = read_typed(text)
    asked = Asked(typed, MOST, are_merged=False)
    results = await search(at.snap, finder.sight(at.reading.view), finder.book, asked)
    grids = {WGS84, at.reading.catalog.crs.stored, *at.reading.manifest.file.meridians.values()}
    hits = [one for one in results if one["kind"] in kinds and one["point"] and one.get("srid", WGS84) in grids]
    subjects = await _subjects(at, hits)
    found: dict[object, Choice] = {}
    for number, (hit, subject) in enumerate(zip(hits, subjects, strict=True)):
        found.setdefault(number if subject is None else f"fid {subject.fid}", _choice(at, hit, subject))
    return Choices(typed.text, list(found.values()))


async def _subjects(at: Opened, hits: Sequence[Mapping[str, Any]]) -> list[Subject | None]:
    """Parcels by their numbers, everything else by where it stands."""
    numbered = [place for place, hit in enumerate(hits) if hit["kind"] == "parcel"]
    standing = [place for place, hit in enumerate(hits) if hit["kind"] != "parcel"]
    found: list[Subject | None] = [None] * len(hits)
    keys = [_key(hits[place]["parcel"]) for place in numbered]
    for place, subject in zip(numbered, await find_parcels(at.snap, at.reading, keys), strict=True):
        found[place] = subject
    if standing:
        crs = at.reading.catalog.crs
        points = crs.transform(np.array([hits[place]["point"] for place in standing]), WGS84, crs.stored)
        for place, subject in zip(standing, await parcels_of_points(at.snap, at.reading, points), strict=True):
            found[place] = subject
    return found


def _choice(at: Opened, hit: Mapping[str, Any], subject: Subject | None) -> Choice:
    if subject is None:
        return Choice(hit, None, None)
    names = at.reading.manifest.file.parcels
    said = {"commune": names.commune, "sheet": names.sheet, "number": names.number}
    return Choice(hit, subject, _key({part: subject.properties[name] for part, name in said.items()}))


def _key(parcel: Mapping[str, Any]) -> Key:
    return str(parcel["commune"]), str(parcel["sheet"]), str(parcel["number"])
