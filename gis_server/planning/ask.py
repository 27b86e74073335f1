"""One box for every way of naming ground: it leads to the dossier, or to a list of what may have been meant."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from gis_server.errors import HTTP_STATUS, BadRequest, MapError, UnknownLayer
from gis_server.planning.asked import Desk, Opened, opened
from gis_server.planning.choices import Choice, Choices, choices
from gis_server.planning.corners import is_a_list
from gis_server.planning.layouts import laid_out
from gis_server.planning.page import PAGES
from gis_server.planning.subject import subject_of_corners
from gis_server.web.answers import address, json_answer
from gis_server.web.pages import page

LONGEST = 20_000
"""Letters of a pasted list of corners."""
DOSSIER = "/planning/dossier"


async def led_to_dossier(request: Request, desk: Desk, text: str) -> Response:
    """As a page: on to the dossier of what is meant beyond doubt; else what may be meant, or why nothing can be."""
    try:
        if is_a_list(laid_out(_of_length(text))):
            return await _to_ground(request, desk, text)
        async with opened(request, desk) as at:
            found = await choices(at, request.app.state.finder, text)
    except MapError as error:
        return ask_page(request, text, problem=error)
    if found.only is not None:
        return _onward(request, str(found.only.path))
    return ask_page(request, text, found=found)


async def _to_ground(request: Request, desk: Desk, text: str) -> Response:
    """Mistakes in the list are told here, where it can be mended, and not on the next page."""
    async with opened(request, desk) as at:
        await subject_of_corners(at.snap, at.reading, text, None)
    return _onward(request, DOSSIER, corners=text)


async def listed(request: Request, desk: Desk, text: str) -> Response:
    """As JSON: all that may be meant, with the addresses of the dossiers."""
    if is_a_list(laid_out(_of_length(text))):
        async with opened(request, desk) as at:
            await subject_of_corners(at.snap, at.reading, text, None)
        return json_answer(request, {"q": text, "dossier": address(request, DOSSIER, corners=text), "choices": []})
    async with opened(request, desk) as at:
        found = await choices(at, request.app.state.finder, text)
    told = _told(request, found)
    only = next((one["dossier"] for one in told if one["match"] == "exact"), None) if found.only else None
    return json_answer(request, {"q": found.text, "dossier": only, "choices": told})


async def by_address(request: Request, at: Opened, text: str) -> Choices:
    return await choices(at, request.app.state.finder, text, ("address",))


def undecided(request: Request, found: Choices, *, is_page: bool) -> Response:
    """Several parcels may be meant (300), or none is called just so (404): never the dossier of a guess."""
    if not found.found:
        raise UnknownLayer(
            f"Không tìm thấy địa chỉ “{found.text[:80]}”. Hãy thử gõ số nhà và tên đường, hoặc tra theo tọa độ.",
            f"The address “{found.text[:80]}” was not found. Try the house number and street, or use coordinates.",
        )
    if is_page:
        return ask_page(request, found.text, found=found)
    vi, en = _sentence(found)
    body = {"status": _status(found), "detail": vi, "detail_en": en, "choices": _told(request, found)}
    answer = json_answer(request, body)
    answer.status_code = _status(found)
    return answer


def ask_page(
    request: Request, text: str = "", *, found: Choices | None = None, problem: MapError | None = None
) -> Response:
    said = (problem.vi, problem.en) if problem else _sentence(found) if found else None
    given = {
        "text": text,
        "said": said,
        "is_problem": problem is not None or (found is not None and not found.exact),
        "choices": _told(request, found, f="html") if found else [],
        "key": request.query_params.get("key"),
    }
    answer = page(request, PAGES, "ask", given)
    if answer.status_code == 200:
        answer.status_code = HTTP_STATUS.get(type(problem), 500) if problem else _status(found) if found else 200
    return answer


def _sentence(found: Choices) -> tuple[str, str]:
    """Why there is no dossier yet."""
    shown, several = found.text[:80], len(found.exact)
    if several > 1:
        return (
            f"Có nhiều nơi mang tên “{shown}”: hãy chọn một, hoặc gõ thêm phường, xã.",
            f"“{shown}” may be several places: choose one, or add the ward.",
        )
    if several == 1:
        return (
            f"Tìm thấy “{shown}” nhưng chưa có thửa đất nào ở đó; có thể dán tọa độ các góc của khu đất.",
            f"“{shown}” is found, but there is no parcel there; corners of the ground can be pasted instead.",
        )
    if found.found:
        return f"Không có tên nào đúng là “{shown}”. Gần giống:", f"Nothing is called exactly “{shown}”. Similar:"
    return (
        f"Không tìm thấy thửa đất, địa chỉ hay điểm nào ứng với “{shown}”.",
        f"No parcel, address or point was found by “{shown}”.",
    )


def _status(found: Choices) -> int:
    return 300 if len(found.exact) > 1 else 404


def _told(request: Request, found: Choices, **query: str) -> list[dict[str, Any]]:
    return [_choice(request, one, query) for one in found.found]


def _choice(request: Request, one: Choice, query: Mapping[str, str]) -> dict[str, Any]:
    hit = {name: one.hit[name] for name in ("kind", "match", "title", "detail", "point")}
    parcel = dict(zip(("commune", "sheet", "number"), one.key, strict=True)) if one.key else None
    release = request.query_params.get("release")
    leads = address(request, one.path, **query, release=release) if one.path else None
    return {**hit, "parcel": parcel, "dossier": leads}


def _onward(request: Request, path: str, **query: str) -> Response:
    onward = address(request, path, **query, release=request.query_params.get("release"), f="html")
    return RedirectResponse(onward, 303, headers={"Cache-Control": "no-cache"})


def _of_length(text: str) -> str:
    if len(text) > LONGEST:
        raise BadRequest(
            f"q dài nhiều nhất {LONGEST} ký tự; khu đất có nhiều góc hơn thì hãy chia nhỏ.",
            f"q holds at most {LONGEST} characters; split a site with more corners.",
        )
    return text
