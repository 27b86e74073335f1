"""The features that are to be edited as they are now, while nobody else can publish; and whether they may be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import shapely
from psycopg import sql
from psycopg.rows import class_row
from shapely.geometry.base import BaseGeometry

from gis_server.catalog import Layer
from gis_server.errors import BadRequest, EditForbidden, EditStale, UnknownLayer
from gis_server.releases.edits import Author, Edit, Sight, version_sql
from gis_server.releases.source import Source
from loaders.statements import statement


@dataclass(frozen=True)
class Present:
    """A served feature."""

    fid: int
    born: int
    source: str
    version: str
    geom: bytes
    values: Mapping[str, Any]
    """Of every field, seen or not."""

    @property
    def shape(self) -> BaseGeometry:
        return shapely.from_wkb(self.geom)


def by_layer(edits: Iterable[Edit]) -> Iterator[tuple[Layer, list[tuple[int, Edit]]]]:
    """Each layer once, with its edits and their places."""
    layers: dict[str, list[tuple[int, Edit]]] = {}
    for place, edit in enumerate(edits):
        layers.setdefault(edit.layer.id, []).append((place, edit))
    return ((some[0][1].layer, some) for some in layers.values())


def present(conn: psycopg.Connection, edits: Sequence[Edit], author: Author) -> Mapping[int, Present]:
    """The edited features by number; an error where one is not there, not as the editor saw it, or not theirs."""
    found: dict[int, Present] = {}
    for _, some in by_layer(edit for edit in edits if edit.fid is not None):
        found |= _read(conn, some[0][1].sight, [edit.fid for _, edit in some])
    for edit in edits:
        if edit.fid is not None:
            _refuse(edit, found.get(edit.fid), author)
        _refuse_other_source(edit, author.source.id if edit.fid is None else found[edit.fid].source)
    return found


def sources(conn: psycopg.Connection, author: Author, ids: Iterable[str]) -> list[Source]:
    """The sources of some rows, the author's own as the author says it."""
    others = sorted(set(ids) - {author.source.id})
    with conn.cursor(row_factory=class_row(Source)) as cursor:
        known = cursor.execute(statement("edit_sources.sql"), {"sources": others}).fetchall()
    return [author.source, *known]


def _read(conn: psycopg.Connection, sight: Sight, fids: list[int | None]) -> dict[int, Present]:
    columns = sql.SQL(", ").join(map(sql.Identifier, sight.layer.fields))
    names = {"columns": columns, "version": sql.SQL(version_sql(sight)), "rows": sql.SQL(sight.rows.replace("%", "%%"))}
    rows = conn.execute(statement("edit_present.sql", **names), {"fids": fids}, binary=True).fetchall()
    return {
        fid: Present(fid, born, source, version, geom, dict(zip(sight.layer.fields, values, strict=True)))
        for fid, born, source, version, geom, *values in rows
    }


def _refuse(edit: Edit, now: Present | None, author: Author) -> None:
    layer = edit.layer.id
    if now is None:
        raise UnknownLayer(
            f"Lớp {layer} không có đối tượng “{edit.fid}”.", f"Layer {layer} has no feature “{edit.fid}”."
        )
    if edit.versions is not None and now.version not in edit.versions:
        raise EditStale(
            f"{layer} {edit.fid} đã thay đổi sau khi bạn xem: phiên bản hiện hành có từ bản công bố {now.born}. Chưa "
            "sửa gì; hãy xem lại "
            "đối tượng, rồi sửa tiếp với ETag mới.",
            f"{layer} {edit.fid} has changed since you saw it: it is of release {now.born} now. Nothing was edited; "
            "look at it again, then edit with its new ETag.",
        )
    if now.source not in {author.source.id, *author.also}:
        raise EditForbidden(
            f"{layer} {edit.fid} thuộc nguồn “{now.source}”; khóa truy cập này chỉ sửa được nguồn “{author.source.id}”"
            + (f" và {', '.join(sorted(author.also))}" if author.also else "") + ".",
            f"{layer} {edit.fid} belongs to the source “{now.source}”; this key edits “{author.source.id}”"
            + (f" and {', '.join(sorted(author.also))}" if author.also else "") + ".",
        )  # fmt: skip


def _refuse_other_source(edit: Edit, source: str) -> None:
    if edit.said_source not in (None, source):
        raise BadRequest(
            f"{edit.layer.id}: trường source chỉ để đọc; ở đây là “{source}”. Hãy bỏ source khỏi nội dung gửi lên.",
            f"{edit.layer.id}: source is read-only; here it is “{source}”. Leave source out of what you send.",
        )
