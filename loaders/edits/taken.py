"""Keys and other values that only one feature may have: whoever creates the same feature again is told where it is."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from gis_server.errors import EditConflict
from gis_server.releases.edits import Sight
from loaders.edits.parts import Part
from loaders.edits.rows import Row
from loaders.statements import statement


def refuse_taken(conn: psycopg.Connection, part: Part, sight: Sight) -> None:
    """EditConflict where another served feature has a key, or a value that must be unique."""
    for row in part.made:
        _ask(conn, part, sight, (row, part.layer.key))
    for name, about in part.layer.fields.items():
        if about.unique and [name] != part.layer.key:
            for row in part.rows:
                _ask(conn, part, sight, (row, [name]))


def numbers(conn: psycopg.Connection, part: Part) -> dict[int, int]:
    """The fid that each made feature has got, by its place among the edits."""
    found = {}
    for row in part.made:
        served = _served(conn, part, [row.values[name] for name in part.layer.key], part.layer.key)
        found[row.edit] = served[0][0]
    return found


def _ask(conn: psycopg.Connection, part: Part, sight: Sight, claim: tuple[Row, Sequence[str]]) -> None:
    row, names = claim
    values = [row.values[name] for name in names]
    if any(value is None for value in values):
        return
    for fid, source in _served(conn, part, values, names):
        if fid not in (row.fid, *part.ended):
            raise _conflict(part, dict(zip(names, values, strict=True)), (fid, source), _sees(conn, sight, fid))


def _served(conn: psycopg.Connection, part: Part, values: Sequence[Any], names: Sequence[str]) -> list[tuple[int, str]]:
    same = sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in names)
    served = sql.Identifier(part.layer.group, part.layer.name)
    return conn.execute(statement("edit_same.sql", served=served, same=same), values).fetchall()


def _sees(conn: psycopg.Connection, sight: Sight, fid: int) -> bool:
    rows = sql.SQL(sight.rows.replace("%", "%%"))
    return conn.execute(statement("edit_seen.sql", rows=rows), {"fid": fid}).fetchone() is not None


def _conflict(part: Part, values: dict[str, Any], there: tuple[int, str], is_seen: bool) -> EditConflict:
    said, (fid, source) = ", ".join(f"{name} = {value}" for name, value in values.items()), there
    where = (f" (số hiệu {fid}, nguồn {source})", f" (number {fid}, source {source})") if is_seen else ("", "")
    error = EditConflict(
        f"{part.layer.id} đã có đối tượng với {said}{where[0]}. Chưa sửa gì. Nếu lần gửi trước đã thành công thì đối "
        "tượng này "
        "chính là kết quả của lần ấy; muốn sửa, hãy dùng PUT hoặc PATCH.",
        f"{part.layer.id} has a feature with {said} already{where[1]}. Nothing was edited. If an earlier request went "
        "through, this is what it made; to change it use PUT or PATCH.",
    )
    error.members = {"collection": part.layer.id, "id": fid} if is_seen else {}
    return error
