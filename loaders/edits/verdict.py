"""What the gate found of edits, told edit by edit; and when that refuses them: nothing is set aside, all or none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import psycopg

from gis_server.catalog import CrsBook, Layer
from gis_server.catalog.crs import WGS84
from gis_server.errors import EditRefused
from gis_server.figures import vietnamese
from gis_server.releases.edits import Told
from loaders.checks.gate import Gate
from loaders.checks.last_release import FEW_ROWS
from loaders.edits.parts import Part, state_of
from loaders.statements import statement

NAMED = 5
"""Findings that a sentence names; all of them stand in the list beside it."""
Reason = tuple[str, str]


def told(gate: Gate) -> tuple[Told, ...]:
    """Everything found of the edits that nobody answers for."""
    query = statement("edit_told.sql", findings=gate.staging.findings)
    return tuple(_told(gate, row) for row in gate.staging.conn.execute(query))


def refuse_faults(found: Sequence[Told], gate: Gate) -> None:
    """EditRefused where one of the edits could not be served as it is."""
    faults = [one for one in found if gate.codes[one.code].sets_aside or one.severity == "stop"]
    if faults:
        reasons = [_reason(one) for one in faults[:NAMED]]
        if len(faults) > NAMED:
            reasons.append((f"và {len(faults) - NAMED} lỗi khác", f"and {len(faults) - NAMED} more"))
        raise _refused(reasons, found)


def refuse_too_much(conn: psycopg.Connection, parts: Sequence[Part], found: Sequence[Told]) -> None:
    """EditRefused beyond a layer's budget of warnings, or where most of what a source serves would end at once."""
    layers = {part.layer.id: part.layer for part in parts}
    reasons = [*_over_budget(conn, layers.values(), found), *_halved(conn, parts)]
    if reasons:
        raise _refused(reasons, found)


def _told(gate: Gate, row: tuple[Any, ...]) -> Told:
    edit, layer, code, field, value, x, y = row
    about = gate.codes[code]
    place = None if x is None else _degrees(gate.bench.catalog.crs, x, y)
    return Told(edit, layer, code, about.severity, about.vi, about.en, field, value, place)


def _degrees(crs: CrsBook, x: float, y: float) -> tuple[float, float]:
    lon, lat = crs.transform(np.array([[x, y]]), crs.stored, WGS84)[0].tolist()
    return round(lon, 7), round(lat, 7)


def _reason(one: Told) -> Reason:
    where = f"{one.layer}{f'.{one.field}' if one.field else ''}"
    value = f": {one.value}" if one.value else ""
    return f"{where}: {one.vi}{value} ({one.code})", f"{where}: {one.en}{value} ({one.code})"


def _over_budget(conn: psycopg.Connection, layers: Iterable[Layer], found: Sequence[Told]) -> Iterator[Reason]:
    for layer in layers:
        limit = layer.file.budget.warnings
        warned = len({one.edit for one in found if one.layer == layer.id and one.severity == "warning"})
        if limit is not None and warned > limit * state_of(conn, layer).rows:
            yield (
                f"{layer.id}: {warned} đối tượng có cảnh báo; `budget` của lớp chỉ cho phép "
                f"{vietnamese(100 * limit, 1)} % số đang phục vụ",
                f"{layer.id}: {warned} features have warnings, the layer's budget is {limit:.1%} of what is served",
            )


def _halved(conn: psycopg.Connection, parts: Sequence[Part]) -> Iterator[Reason]:
    """As REV-01 of deliveries."""
    for part in parts:
        served = state_of(conn, part.layer, part.source).rows
        left = served + len(part.made) - len(part.ended)
        if served >= FEW_ROWS and 2 * left < served:
            yield (
                f"{part.layer.id}: nguồn “{part.source}” chỉ còn {vietnamese(left)} trên {vietnamese(served)}, chưa "
                "bằng một nửa (REV-01)",
                f"{part.layer.id}: source “{part.source}” would keep {left:,} of {served:,}, less than half (REV-01)",
            )


def _refused(reasons: Sequence[Reason], found: Sequence[Told]) -> EditRefused:
    vi, en = "; ".join(vi for vi, _ in reasons), "; ".join(en for _, en in reasons)
    return EditRefused(f"Chưa sửa gì. {vi}.", f"Nothing was edited. {en}.", [asdict(one) for one in found])
