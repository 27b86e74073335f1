"""Rollback: a new release whose layers hold exactly what they held in an earlier one, under the same fids."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from gis_server.catalog import Catalog, Layer
from gis_server.db.shapes import measured
from gis_server.db.statements import quoted, statement
from gis_server.drawing.touched import record_touched
from gis_server.errors import RollbackRefused
from gis_server.naming.record import record_names
from gis_server.releases.publish import LayerChange, Release, alone, announce, begin_release, record_layer
from gis_server.releases.staged import SQL, Counts


@dataclass(frozen=True)
class Wish:
    """Back to which release, in which layers; all that changed since when none is named."""

    release: int
    layers: tuple[str, ...] = ()
    seen: int | None = None
    """The newest release when someone agreed to the preview; another one by now is refused."""


class _Preview(Exception):
    """Ends the transaction of a rollback that was only tried."""


def preview(conn: psycopg.Connection, catalog: Catalog, wish: Wish) -> list[LayerChange]:
    """What the rollback would change; raises RollbackRefused as the rollback itself would."""
    found: list[LayerChange] = []
    try:
        with alone(conn):
            found += [
                change for layer in _chosen(conn, catalog, wish) for change in _compare(conn, layer, wish.release)
            ]
            raise _Preview
    except _Preview:
        return found


def roll_back(conn: psycopg.Connection, catalog: Catalog, wish: Wish, *, who: str, note: str) -> Release | None:
    """Publish the content of an earlier release again; None when it is what is served."""
    with alone(conn):
        layers = _chosen(conn, catalog, wish)
        changes = {layer.id: _compare(conn, layer, wish.release) for layer in layers}
        if not any(changes.values()):
            return None
        number, published_at = begin_release(conn, {"who": who, "note": note})
        for layer in layers:
            if changes[layer.id]:
                _restore(conn, layer, number)
                for change in changes[layer.id]:
                    record_layer(conn, number, change)
                conn.execute("SELECT meta.analyze_layer(%s)", [layer.id])
        record_touched(conn, number, [(layer, None) for layer in layers if changes[layer.id]])
        record_names(conn, number, [(layer, layer.table) for layer in layers if changes[layer.id]])
        announce(conn, number)
    return Release(number, published_at, tuple(change for some in changes.values() for change in some))


def _chosen(conn: psycopg.Connection, catalog: Catalog, wish: Wish) -> list[Layer]:
    """The layers that may differ, after every reason to refuse was asked for."""
    (newest,) = _one(conn, "SELECT coalesce(max(release), 0) FROM meta.release")
    if not 1 <= wish.release <= newest:
        raise RollbackRefused(
            f"Không có bản công bố {wish.release}; mới nhất là bản {newest}. Xem `bando releases`.",
            f"There is no release {wish.release}; the newest is {newest}. See `bando releases`.",
        )
    if wish.seen not in (None, newest):
        raise RollbackRefused(
            f"Bản {newest} được công bố sau khi bạn xem trước. Chưa thay đổi gì; hãy chạy lại để xem lại.",
            f"Release {newest} was published after the preview. Nothing was changed; run again for a new preview.",
        )
    between = conn.execute(statement(SQL, "layers_between"), {"after": wish.release, "upto": newest}).fetchall()
    named = [catalog[layer].id for layer in wish.layers]
    changed = [layer for (layer,) in between if not named or layer in named]
    _refuse_losses(conn, wish, changed)
    return [catalog[layer] for layer in changed if layer in catalog.layers]


def _refuse_losses(conn: psycopg.Connection, wish: Wish, changed: Sequence[str]) -> None:
    rows = conn.execute(statement(SQL, "losses"), {"release": wish.release}).fetchall()
    lost = [row for row in rows if not wish.layers or row[0] in wish.layers]
    if lost:
        listed = "\n".join(f"  sau bản {release}: {says}" for _, _, says, release in lost)
        rest = sorted(set(changed) - {row[0] for row in lost})
        command = f"bando rollback {wish.release} " + " ".join(f"--layer {layer}" for layer in rest)
        vi = f"\nCác lớp khác thì khôi phục được:\n  {command}" if rest else ""
        raise RollbackRefused(
            f"Không trở lại được bản công bố {wish.release}: các lần sửa bảng sau đó đã xóa hẳn dữ liệu. Chưa thay "
            f"đổi gì.\n{listed}{vi}",
            f"Release {wish.release} cannot be brought back: migrations have dropped data since (listed above); "
            "nothing was changed." + (" Other layers can, with the command above." if rest else ""),
        )


def _compare(conn: psycopg.Connection, layer: Layer, release: int) -> list[LayerChange]:
    """Fills the layer's temporary table of differences, and counts them by source."""
    names = _names(layer)
    conn.execute(statement(SQL, "rollback_changes", **names), {"release": release})
    _refuse_lacks(conn, layer, names)
    rows = conn.execute(statement(SQL, "rollback_counts", **names)).fetchall()
    return [LayerChange(layer.id, source, Counts(*counts)) for source, *counts in rows]


def _refuse_lacks(conn: psycopg.Connection, layer: Layer, names: dict[str, str]) -> None:
    """Old versions without a value that the layer file requires today."""
    required = [name for name, rule in layer.fields.items() if rule.required or name in layer.key]
    counts = ", ".join(f"count(*) FILTER (WHERE h.{quoted(name)} IS NULL)" for name in required)
    row = _one(conn, statement(SQL, "rollback_lacks", **names, lacks=counts))
    lacking = [f"{name} ({count:,})" for name, count in zip(required, row, strict=True) if count]
    if lacking:
        listed = ", ".join(lacking)
        raise RollbackRefused(
            f"{layer.id}: đối tượng của bản ấy thiếu giá trị nay là bắt buộc: {listed}. Chưa thay đổi gì; hãy bỏ "
            "`required` trong "
            "tệp lớp trước, hoặc chọn lớp khác bằng --layer.",
            f"{layer.id}: features of that release lack values that are required now: {listed}. Nothing was changed; "
            "loosen the layer file first, or choose other layers with --layer.",
        )


def _restore(conn: psycopg.Connection, layer: Layer, number: int) -> None:
    for verb in ("rollback_archive", "rollback_remove", "rollback_restore"):
        conn.execute(statement(SQL, verb, **_names(layer)), {"number": number})


def _names(layer: Layer) -> dict[str, str]:
    columns = ", ".join([*(quoted(name) for name in layer.fields), "geom"])
    changes = quoted(f"back {layer.id}"[:63])
    names = {"served": layer.table, "history": layer.history, "changes": changes, "columns": columns}
    return {**names, "measured": measured("h.geom")}


def _one(conn: psycopg.Connection, query: str | bytes) -> tuple[int, ...]:
    row = conn.execute(query if isinstance(query, bytes) else query.encode()).fetchone()
    assert row is not None
    return row
