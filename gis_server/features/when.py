"""Which release is asked for: the newest, one by its number, or the one that was newest at a moment.

`datetime` is never this: it asks when features are in force in the city, `release` what the database said."""

import re
from dataclasses import dataclass
from datetime import datetime

from gis_server.catalog import Layer
from gis_server.db.statements import text
from gis_server.errors import BadRequest, UnknownLayer
from gis_server.features.parameters import read_moment, refused
from gis_server.features.question import SQL
from gis_server.releases.snapshot import Snapshot

NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class When:
    """A release by number, or by a moment; the newest when neither is given."""

    number: int | None = None
    moment: datetime | None = None


def read_when(asked: str | None) -> When:
    if asked is None:
        return When()
    if NUMBER.fullmatch(asked):
        return When(number=int(asked))
    moment = read_moment(asked)
    if moment is None:
        vi = "số bản công bố (12), ngày (2026-07-01) hoặc thời điểm (2026-07-01T00:00:00Z)"
        raise refused("release", asked, vi, "a release number (12), a day (2026-07-01) or an instant")
    return When(moment=moment)


async def release_at(snap: Snapshot, layer: Layer, when: When) -> int:
    """The number of the release asked for; errors when it is not there, or the layer's rows of then are lost."""
    number = await _number(snap, when)
    if number > snap.release:
        raise BadRequest(
            f"release = {number}: chưa có bản này; mới nhất là bản {snap.release}.",
            f"release = {number}: there is no such release; the newest is {snap.release}.",
        )
    if number < snap.release and await snap.conn.fetchval(text(SQL, "lost"), layer.id, number):
        raise UnknownLayer(
            f"Lớp {layer.id} ở bản {number} không còn: bảng đã được làm lại từ đó.",
            f"Layer {layer.id} of release {number} is gone: its table was made anew since.",
        )
    return number


async def _number(snap: Snapshot, when: When) -> int:
    if when.number is not None:
        return when.number
    if when.moment is None:
        return snap.release
    found: int = await snap.conn.fetchval(text(SQL, "release_at"), when.moment)
    return found
