"""Which release is asked for: the newest, one by its number, or the one that was newest at a moment.

`datetime` is never this: it asks when features are in force in the city, `release` what the database said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends

from gis_server.access.views import View
from gis_server.catalog import Layer
from gis_server.db.statements import quoted, text
from gis_server.errors import BadRequest, UnknownLayer
from gis_server.releases.snapshot import Snapshot
from gis_server.web.parameters import CITY_TIME, read_instant, refused

SQL = Path(__file__).parent / "sql"
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class When:
    """A release by number, or by a moment; the newest when neither is given."""

    number: int | None = None
    moment: datetime | None = None


NEWEST = When()


async def _asked_when(release: str | None = None) -> When:
    return read_when(release)


WhenDep = Annotated[When, Depends(_asked_when)]


def read_when(asked: str | None) -> When:
    if asked is None:
        return NEWEST
    if NUMBER.fullmatch(asked):
        return When(number=int(asked))
    moment = read_instant(asked, is_end=True)
    if moment is None:
        vi = "số bản công bố (12), ngày (2026-07-01) hoặc thời điểm (2026-07-01T00:00:00Z)"
        raise refused("release", asked, vi, "a release number (12), a day (2026-07-01) or an instant")
    return When(moment=moment)


async def release_at(snap: Snapshot, layers: Sequence[Layer], when: When) -> int:
    """The number of the release asked for; errors when it is not there, or a layer has lost its rows of then."""
    number = await _number(snap, when)
    if number > snap.release:
        raise BadRequest(
            f"release = {number}: không có bản công bố này; mới nhất là bản {snap.release}.",
            f"release = {number}: there is no such release; the newest is {snap.release}.",
        )
    if number < snap.release:
        lost = await snap.conn.fetchval(text(SQL, "lost"), [layer.id for layer in layers], number)
        if lost is not None:
            raise UnknownLayer(
                f"Không còn lớp {lost} của bản công bố {number}: bảng của lớp đã được tạo lại sau bản ấy.",
                f"Layer {lost} of release {number} is no longer kept: its table has been rebuilt since.",
            )
    return number


async def _number(snap: Snapshot, when: When) -> int:
    if when.number is not None:
        return when.number
    if when.moment is None:
        return snap.release
    found: int = await snap.conn.fetchval(text(SQL, "release_at"), when.moment)
    return found


@dataclass(frozen=True)
class PastView(View):
    """What a view saw in an earlier release: whoever reads through it reads the rows of then."""

    release: int = 0

    def rows(self, layer: Layer) -> str:
        return rows_as_of(layer, self._now, self.release)

    def ended(self, layer: Layer) -> str:
        """Rows that had ended by then."""
        return f"(SELECT * FROM {super().ended(layer)} AS ended WHERE died <= {int(self.release)})"

    @property
    def _now(self) -> View:
        return View(self.name, self.layers, self.conditions, self.archives)


async def view_at(snap: Snapshot, view: View, layers: Sequence[Layer], when: When) -> View:
    """The view as it was then; the same one where none of the layers has changed since."""
    if when == NEWEST:
        return view
    number = await release_at(snap, layers, when)
    if not await snap.conn.fetchval(text(SQL, "changed_after"), [layer.id for layer in layers], number):
        return view
    return PastView(view.name, view.layers, view.conditions, view.archives, number)


async def published_days(snap: Snapshot) -> tuple[date, date] | None:
    """The city's first and last day of a release; None before the first."""
    first, last = await snap.conn.fetchrow("SELECT min(published_at), max(published_at) FROM meta.release")
    return (first.astimezone(CITY_TIME).date(), last.astimezone(CITY_TIME).date()) if first else None


def rows_as_of(layer: Layer, view: View, release: int) -> str:
    """What a FROM takes as the rows that the view saw of the layer in an earlier release."""
    names = ["fid", "born", "source", *layer.fields, "geom", "geom_3857"]
    return text(
        SQL,
        "rows_as_of",
        names=", ".join(quoted(name) for name in names),
        rows=view.rows(layer),
        ended=view.ended(layer),
        release=str(int(release)),
    )
