"""Who edits, and may they? The office behind a key, for the layers that let it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from gis_server.access.keys import KeyHolder
from gis_server.access.who import Doorkeeper
from gis_server.catalog import Catalog, Layer
from gis_server.errors import BadRequest, EditForbidden, KeyMissing, ReadOnly
from gis_server.features.here import HereDep
from gis_server.releases.edits import Author
from gis_server.releases.source import source_of

MOST_NOTE = 300
EDIT = "x-bando-edit"
"""Mark (in `openapi_extra`) of a route that changes features."""
READING, CREATING, CHANGING = ("GET", "HEAD", "OPTIONS"), ("POST",), ("PUT", "PATCH", "DELETE")


def refuse_closed(is_open: bool) -> None:
    if not is_open:
        raise ReadOnly(
            "Máy chủ này chỉ cho đọc; chưa bật chức năng sửa qua API (BANDO_EDITS).",
            "This service is read-only; editing is not switched on (BANDO_EDITS).",
        )


@dataclass(frozen=True)
class Desk:
    """Where one caller edits: the keys, the offices, and whether anything is edited here at all."""

    is_open: bool
    catalog: Catalog
    holder: KeyHolder | None

    def enter(self, layers: Sequence[Layer] = ()) -> KeyHolder:
        """Who edits, or the sentence that says why nothing, or nothing of these layers, is edited."""
        refuse_closed(self.is_open)
        closed = ", ".join(layer.id for layer in layers if layer.file.edits is None)
        if closed:
            raise ReadOnly(
                f"Lớp {closed} không sửa được qua API; dữ liệu của lớp chỉ thay đổi theo các lần giao nộp.",
                f"{closed} cannot be edited here; its data change with deliveries only.",
            )
        if self.holder is None:
            raise KeyMissing(
                "Muốn sửa phải có khóa truy cập, gửi trong tiêu đề Bando-Key (không nhận khóa trong địa chỉ).",
                "Editing needs an access key in the header Bando-Key (a key in the address is not accepted).",
            )
        return self.holder

    def role(self, layers: Iterable[Layer]) -> str:
        """In whose name the caller edits all of these layers."""
        wanted = list(layers)
        return _common(self.enter(wanted), wanted, self.catalog)


async def refuse_when_closed(request: Request) -> None:
    """Dependency of every route, before any other: a service for reading looks no further at an edit."""
    extra = getattr(request.scope.get("route"), "openapi_extra", None) or {}
    refuse_closed(request.app.state.editor is not None or not extra.get(EDIT))


async def _desk(request: Request, bando_key: Annotated[str | None, Header()] = None) -> Desk:
    door: Doorkeeper = request.app.state.door
    holder = None if bando_key is None else door.holder_of(bando_key)
    return Desk(request.app.state.editor is not None, request.app.state.catalog, holder)


DeskDep = Annotated[Desk, Depends(_desk)]


def author_of(desk: Desk, layers: Iterable[Layer], note: str | None, default: str) -> Author:
    """The office of the caller's key, and what it says about these edits."""
    editor = desk.catalog.editors[desk.role(layers)]
    assert desk.holder is not None
    return Author(desk.holder.label, _note(note) or default, source_of(editor.source), frozenset(editor.also))


async def _author(desk: DeskDep, here: HereDep, note: str | None = None) -> Author:
    layer = here.layer
    return author_of(desk, [layer], note, f"Sửa trực tuyến: {layer.file.title.vi} · Edited online: {layer.id}")


AuthorDep = Annotated[Author, Depends(_author)]


def allowed(desk: Desk, layer: Layer, verbs: tuple[str, ...]) -> str:
    """What the caller may do at an address, for `Allow`."""
    try:
        desk.role([layer])
    except (ReadOnly, KeyMissing, EditForbidden):
        return ", ".join(READING)
    return ", ".join([*READING, *verbs])


def _common(holder: KeyHolder, layers: list[Layer], catalog: Catalog) -> str:
    """The first role of the key that may edit all the layers."""
    for role in holder.roles:
        if role in catalog.editors and all(layer.file.edits and role in layer.file.edits.roles for layer in layers):
            return role
    names = ", ".join(dict.fromkeys(layer.id for layer in layers))
    offices = {role: None for layer in layers if layer.file.edits for role in layer.file.edits.roles}
    titles = [catalog.editors[role].title for role in offices]
    raise EditForbidden(
        f"Khóa truy cập này không được sửa {names}; đơn vị được sửa: {', '.join(one.vi for one in titles)}.",
        f"This access key may not edit {names}; those who may: {', '.join(one.en for one in titles)}.",
    )


def _note(note: str | None) -> str:
    words = " ".join((note or "").split())
    if len(words) > MOST_NOTE or "\x00" in words:
        raise BadRequest(
            f"note (ghi chú của bản công bố) dài nhiều nhất {MOST_NOTE} ký tự.",
            f"note (the note of the release) holds at most {MOST_NOTE} characters.",
        )
    return words
