"""Several edits at once: read as a list of actions, published as one release, all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from gis_server.access.views import View
from gis_server.errors import BadRequest, MapError
from gis_server.features.crs import read_crs
from gis_server.features.edits.asking import Desk, author_of
from gis_server.features.edits.reading import Given, read_feature
from gis_server.features.edits.versions import meant_for, sight_of, tag_of, versions_of
from gis_server.features.here import Here
from gis_server.releases.edits import Author, Edit, Edited, Verb
from gis_server.web.answers import address, json_answer
from gis_server.web.asking import reading

MOST_BYTES = 32_000_000
MOST_ACTIONS = 1_000
VERBS: Mapping[str, Verb] = {"insert": "insert", "replace": "replace", "update": "update", "delete": "delete"}
KEYS = frozenset({"note", "crs", "actions"})
ACTION_KEYS = frozenset({"action", "collection", "id", "etag", "feature"})


@dataclass(frozen=True)
class Transaction:
    """What is to be done, in the order in which it was written, and in whose name."""

    edits: Sequence[Edit]
    author: Author


def read_transaction(content: Any, desk: Desk, view: View) -> Transaction:
    """A sentence names the action that will not do, counted from 1."""
    _refuse(isinstance(content, dict) and set(content) <= KEYS and "actions" in content, _form())
    actions, note = content["actions"], content.get("note")
    _refuse(isinstance(actions, list) and 1 <= len(actions) <= MOST_ACTIONS, _form())
    _refuse(note is None or isinstance(note, str), _form())
    edits = [_numbered(place, action, content.get("crs"), (desk, view)) for place, action in enumerate(actions, 1)]
    _refuse_twice(edits)
    default = f"Sửa trực tuyến: {len(edits)} thao tác · Edited online: {len(edits)} actions"
    return Transaction(edits, author_of(desk, [edit.layer for edit in edits], note, default))


async def answer_transaction(request: Request, transaction: Transaction, done: Edited) -> Response:
    """What became of each action, with the ETags for the next edits."""
    tags = await _tags(request, transaction.edits, done.fids)
    actions = [
        {
            "action": edit.verb,
            "collection": edit.layer.id,
            "id": fid,
            "href": address(request, f"/collections/{edit.layer.id}/items/{fid}"),
            **({"etag": tags[fid]} if fid in tags and edit.verb != "delete" else {}),
        }
        for edit, fid in zip(transaction.edits, done.fids, strict=True)
    ]
    findings = [asdict(one) for one in done.told]
    return json_answer(request, {"release": done.release, "actions": actions, "findings": findings})


def _numbered(place: int, action: Any, crs: Any, who: tuple[Desk, View]) -> Edit:
    try:
        return _edit(action, crs, who)
    except MapError as error:
        raise type(error)(f"actions[{place}]: {error.vi}", f"actions[{place}]: {error.en}") from error


def _edit(action: Any, crs: Any, who: tuple[Desk, View]) -> Edit:
    desk, view = who
    _refuse(isinstance(action, dict) and set(action) <= ACTION_KEYS and action.get("action") in VERBS, _action_form())
    verb, layer_id = VERBS[action["action"]], action.get("collection")
    _refuse(isinstance(layer_id, str), _action_form())
    here = Here(desk.catalog, view, view.layer(desk.catalog, layer_id))
    desk.role([here.layer])
    _refuse(("feature" in action) == (verb != "delete"), _action_form())
    fid, versions = _of(action, verb)
    given = Given() if verb == "delete" else read_feature(action["feature"], here, _crs(crs, here), verb)
    return Edit(sight_of(here), verb, fid, versions, given.values, given.shape, given.redraws, given.source)


def _of(action: Mapping[str, Any], verb: Verb) -> tuple[int | None, frozenset[str] | None]:
    """Which feature, and which version of it."""
    fid, etag = action.get("id"), action.get("etag")
    if verb == "insert":
        _refuse(fid is None and etag is None, _action_form())
        return None, None
    _refuse(isinstance(fid, int) and not isinstance(fid, bool) and 0 <= fid < 2**63, _action_form())
    _refuse(etag is None or isinstance(etag, str), _action_form())
    return fid, meant_for(etag)


def _crs(uri: Any, here: Here) -> Any:
    _refuse(uri is None or isinstance(uri, str), _form())
    return read_crs("crs", uri, here.stored)


async def _tags(request: Request, edits: Sequence[Edit], fids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    async with reading(request) as snap:
        for sight in {edit.layer.id: edit.sight for edit in edits}.values():
            mine = [fid for edit, fid in zip(edits, fids, strict=True) if edit.layer == sight.layer]
            found |= {fid: tag_of(version) for fid, version in (await versions_of(snap, sight, mine)).items()}
    return found


def _refuse_twice(edits: Sequence[Edit]) -> None:
    named = [edit.fid for edit in edits if edit.fid is not None]
    twice = sorted({fid for fid in named if named.count(fid) > 1})
    if twice:
        listed = ", ".join(str(fid) for fid in twice[:10])
        raise BadRequest(
            f"Mỗi đối tượng chỉ được có trong một thao tác; bị lặp: {listed}.",
            f"Each feature may be in one action only; repeated: {listed}.",
        )


def _refuse(is_good: bool, otherwise: tuple[str, str]) -> None:
    if not is_good:
        raise BadRequest(*otherwise)


def _form() -> tuple[str, str]:
    return (
        f'Nội dung gửi lên phải có dạng {{"note": …, "crs": …, "actions": [từ 1 đến {MOST_ACTIONS} thao tác]}}.',
        f'The body must be {{"note": …, "crs": …, "actions": [1 to {MOST_ACTIONS} actions]}}.',
    )


def _action_form() -> tuple[str, str]:
    verbs = " | ".join(VERBS)
    return (
        f'mỗi thao tác phải có "action" ({verbs}) và "collection"; có "id" (số) và "etag", trừ insert; có "feature", '
        "trừ delete.",
        f'each action must have "action" ({verbs}) and "collection"; "id" (a number) and "etag", except '
        'insert; "feature", except delete.',
    )
