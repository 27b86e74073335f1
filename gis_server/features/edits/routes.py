"""Routes of edits: ask, answer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.errors import UnknownLayer
from gis_server.features.collections import GEOJSON
from gis_server.features.crs import CRS84, read_crs
from gis_server.features.edits.asking import CHANGING, CREATING, EDIT, AuthorDep, DeskDep, allowed
from gis_server.features.edits.publishing import publish
from gis_server.features.edits.reading import FEATURE, PATCH, Given, content_crs, read_feature, read_request
from gis_server.features.edits.transactions import MOST_BYTES, answer_transaction, read_transaction
from gis_server.features.edits.versions import meant_for, sight_of, versions_of
from gis_server.features.here import Here, HereDep
from gis_server.features.items import item_json, read_item
from gis_server.features.pages import item_links
from gis_server.features.question import Conditions, Question, Shown
from gis_server.releases.edits import Author, Edit, Told, Verb
from gis_server.web.answers import address, json_answer
from gis_server.web.asking import Caller, reading

CHANGES = {EDIT: True}
router = APIRouter(tags=["features"])


async def _fid(here: HereDep, featureId: str) -> int:
    if featureId.isascii() and featureId.isdecimal() and len(featureId) <= 18:
        return int(featureId)
    raise UnknownLayer(
        f"Lớp {here.layer.id} không có đối tượng “{featureId[:30]}”.",
        f"Layer {here.layer.id} has no feature “{featureId[:30]}”.",
    )


FidDep = Annotated[int, Depends(_fid)]


@router.post("/collections/{collectionId}/items", openapi_extra=CHANGES)
async def post_item(request: Request, here: HereDep, author: AuthorDep) -> Response:
    """Create a feature (GeoJSON or JSON-FG); `Location` says where it is."""
    content = await read_request(request, FEATURE)
    given = read_feature(content, here, content_crs(request, here), "insert")
    done = await publish(request, [_edit(here, "insert", given)], author)
    (fid,) = done.fids
    headers = {"Location": address(request, f"/collections/{here.layer.id}/items/{fid}")}
    return await _changed(request, here, fid, done.told, (201, headers))


@router.put("/collections/{collectionId}/items/{featureId}", openapi_extra=CHANGES)
async def put_item(request: Request, here: HereDep, fid: FidDep, author: AuthorDep) -> Response:
    """Replace a feature: fields that are not given become empty. If-Match says which version is meant."""
    return await _change(request, here, ("replace", fid), author)


@router.patch("/collections/{collectionId}/items/{featureId}", openapi_extra=CHANGES)
async def patch_item(request: Request, here: HereDep, fid: FidDep, author: AuthorDep) -> Response:
    """Update a feature by a JSON merge patch: only what is named changes. If-Match says which version is meant."""
    return await _change(request, here, ("update", fid), author)


@router.delete("/collections/{collectionId}/items/{featureId}", openapi_extra=CHANGES)
async def delete_item(request: Request, here: HereDep, fid: FidDep, author: AuthorDep) -> Response:
    """End a feature: it stays in the releases before. If-Match says which version is meant."""
    versions = meant_for(request.headers.get("if-match"))
    await publish(request, [Edit(sight_of(here), "delete", fid, versions)], author)
    return Response(status_code=204)


@router.post("/transactions", openapi_extra=CHANGES)
async def post_transaction(request: Request, view: Caller, desk: DeskDep) -> Response:
    """Several edits of one or more layers in one release: all of them, or none."""
    desk.enter()
    content = await read_request(request, ("application/json",), MOST_BYTES)
    transaction = read_transaction(content, desk, view)
    done = await publish(request, transaction.edits, transaction.author)
    return await answer_transaction(request, transaction, done)


@router.options("/collections/{collectionId}/items", include_in_schema=False)
async def options_items(here: HereDep, desk: DeskDep) -> Response:
    """What the caller may do with the collection."""
    return Response(status_code=204, headers={"Allow": allowed(desk, here.layer, CREATING)})


@router.options("/collections/{collectionId}/items/{featureId}", include_in_schema=False)
async def options_item(here: HereDep, desk: DeskDep) -> Response:
    """What the caller may do with the feature."""
    headers = {"Allow": allowed(desk, here.layer, CHANGING), "Accept-Patch": ", ".join(PATCH)}
    return Response(status_code=204, headers=headers)


async def _change(request: Request, here: Here, what: tuple[Verb, int], author: Author) -> Response:
    (verb, fid), versions = what, meant_for(request.headers.get("if-match"))
    content = await read_request(request, PATCH if verb == "update" else FEATURE)
    given = read_feature(content, here, content_crs(request, here), verb)
    done = await publish(request, [_edit(here, verb, given, (fid, versions))], author)
    return await _changed(request, here, fid, done.told, (200, {}))


def _edit(here: Here, verb: Verb, given: Given, of: tuple[int | None, frozenset[str] | None] = (None, None)) -> Edit:
    return Edit(sight_of(here), verb, *of, given.values, given.shape, given.redraws, given.source)


async def _changed(
    request: Request, here: Here, fid: int, told: Sequence[Told], how: tuple[int, Mapping[str, str]]
) -> Response:
    """The feature as it is now, with what the gate remarked; no body where the caller no longer sees it."""
    status, headers = how
    question = Question(here.layer, here.view, _plainly(here), Conditions())
    async with reading(request) as snap:
        try:
            feature = await read_item(snap, question, str(fid), snap.release, here.stored)
        except UnknownLayer:
            return Response(status_code=status if status == 201 else 204, headers=headers)
        versions = await versions_of(snap, sight_of(here), [fid])
    body = item_json(feature, item_links(request, here.layer, str(fid)), [_as_data(one) for one in told])
    answer = json_answer(
        request, body, media_type=GEOJSON, headers={"Content-Crs": f"<{CRS84}>", **headers}, version=versions[fid]
    )
    answer.status_code = status
    return answer


def _plainly(here: Here) -> Shown:
    return Shown(read_crs("crs", None, here.stored), here.view.layers[here.layer.id])


def _as_data(one: Told) -> dict[str, Any]:
    return asdict(one)
