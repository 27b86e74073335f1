"""The box of an administrative unit, by its code or its name: of today, or of before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.catalog.places import Place, Places
from gis_server.db.statements import quoted, text
from gis_server.errors import SettingInvalid
from gis_server.releases.snapshot import Snapshot
from gis_server.tiles.walk import Box

SQL = Path(__file__).parent / "sql"
MOST_NAMED = 6


@dataclass(frozen=True)
class Outlined:
    """A unit that has an outline here."""

    code: str
    name: str
    box: Box


@dataclass(frozen=True)
class Surveyor:
    """Knows the units of the city, and the outlines of them that this view sees."""

    snap: Snapshot
    catalog: Catalog
    view: View
    places: Places

    async def find(self, asked: str) -> tuple[tuple[str, str], Box]:
        """Its name in Vietnamese and English, and the box around it or around the units that it became."""
        served = await self._units([asked], asked, past=False)
        if served:
            return (served[0].name, served[0].name), _only(asked, served).box
        place = self._place(asked)
        found = await self._units([place.code], "", past=place.valid_to is not None)
        heirs = [one.place.code for one in self.places.successors(place)]
        found = found or await self._units(heirs, "", past=False)
        if not found:
            raise SettingInvalid(
                f"Máy này chưa có ranh giới của {place.name_vi} ({place.code}); hãy cho vùng bằng --bbox.",
                f"There is no outline of {place.name_en} ({place.code}) here; give the area with --bbox.",
            )
        return (place.name_vi, place.name_en), _around([one.box for one in found])

    def _place(self, asked: str) -> Place:
        """The one unit that is meant; of several eras of one code the unit in force."""
        found = self.places.find(asked)
        if not found:
            raise SettingInvalid(
                f"--place {asked}: không có đơn vị hành chính nào có mã hay tên này. Hãy tìm bằng “bando places TÊN”.",
                f"--place {asked}: no administrative unit has this code or name. Look it up with “bando places NAME”.",
            )
        meant = [place for place in found if place.valid_to is None] or found
        if len({place.code for place in meant}) > 1:
            raise _several(asked, [f"{one.code} {one.name_vi}" for one in meant])
        return meant[0]

    async def _units(self, codes: Sequence[str], name: str, *, past: bool) -> list[Outlined]:
        for statement in self._statements():
            rows = await self.snap.conn.fetch(statement, list(codes), name, past)
            if rows:
                return [Outlined(one["code"], one["name"], tuple(one["box"])) for one in rows]
        return []

    def _statements(self) -> Iterator[str]:
        """One for each layer of units of which the view sees code, name and time."""
        for name, fields in self.view.fields.items():
            layer = self.catalog[name]
            rule, time, label = layer.file.search, layer.file.time, layer.file.label
            if rule and rule.unit and time and label and {rule.unit, time.until, label} <= fields:
                names = {"code": quoted(rule.unit), "until": quoted(time.until), "label": quoted(label)}
                yield text(SQL, "units", rows=self.view.rows(layer), **names)


def _only(asked: str, units: Sequence[Outlined]) -> Outlined:
    if len({one.code for one in units}) > 1:
        raise _several(asked, [f"{one.code} {one.name}" for one in units])
    return units[0]


def _around(boxes: Sequence[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _several(asked: str, found: Sequence[str]) -> SettingInvalid:
    named = "; ".join(found[:MOST_NAMED])
    return SettingInvalid(
        f"--place {asked}: có {len(found)} đơn vị cùng tên; hãy chọn bằng mã: {named}.",
        f"--place {asked}: there are {len(found)} such units, choose by code: {named}.",
    )
