"""Routes of the parcel dossier: ask, answer."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.catalog.words import read_yaml
from gis_server.errors import BadRequest
from gis_server.planning.ask import ask_page, by_address, led_to_dossier, listed, undecided
from gis_server.planning.asked import DeskDep, FormDep, Written, opened, read_grid, write
from gis_server.planning.page import PAGES, dossier_page, file_name, parcel_path
from gis_server.planning.printed import Print, print_pdf
from gis_server.planning.subject import Key, find_parcel, subject_of_corners
from gis_server.planning.table import (
    as_arrow,
    as_csv,
    columns,
    crowded,
    read_keys,
    read_sections,
    read_table,
    read_table_form,
)
from gis_server.planning.verifying import Checking, verified, with_corners
from gis_server.web.answers import base_url, json_answer, validated, wants_html
from gis_server.web.asking import Caller, CatalogDep
from gis_server.web.body import body_of
from gis_server.web.pages import page

SCHEMA = "application/schema+json"
CSV, ARROW = "text/csv; charset=utf-8", "application/vnd.apache.arrow.stream"
MOST_BYTES = 2_000_000
"""Of the list of parcels that a table is asked for."""
router = APIRouter(tags=["query"])


async def _key(commune: str, sheet: str, parcel: str) -> Key:
    return commune, sheet, parcel


KeyDep = Annotated[Key, Depends(_key)]


@router.get("/planning/parcels/{commune}/{sheet}/{parcel}/dossier")
async def get_parcel_dossier(request: Request, desk: DeskDep, key: KeyDep, form: FormDep) -> Response:
    """What is known and planned for a parcel, every statement with its source; as it was with `release`."""
    async with opened(request, desk) as at:
        written = await write(at, await find_parcel(at.snap, at.reading, key), form)
    return await _answer(request, written)


@dataclass(frozen=True)
class Ground:
    """What a dossier is asked about when not by a parcel's number: corners in a grid, or an address."""

    corners: str | None
    grid: str | None
    address: str | None


async def _ground(corners: str | None = None, grid: str | None = None, address: str | None = None) -> Ground:
    if (corners is None) == (address is None) or (grid is not None and corners is None):
        raise BadRequest(
            "Hãy hỏi theo corners= (một điểm hoặc các góc, có thể kèm grid=) hoặc theo address=, chỉ một trong hai.",
            "Ask with corners= (a point or corners, and grid= if need be), or with address=; one of the two.",
        )
    return Ground(corners, grid, address)


@router.get("/planning/dossier")
async def get_dossier(
    request: Request, desk: DeskDep, form: FormDep, ground: Annotated[Ground, Depends(_ground)]
) -> Response:
    """The dossier of the parcel at a point or an address, or of a site by its corners (VN-2000 X Y, or degrees)."""
    grid = read_grid(desk.catalog, ground.grid)
    async with opened(request, desk) as at:
        if ground.address is not None:
            found = await by_address(request, at, ground.address)
            if found.only is None or found.only.subject is None:
                return undecided(request, found, is_page=form.kind == "html")
            subject = found.only.subject
        else:
            subject = await subject_of_corners(at.snap, at.reading, str(ground.corners), grid)
        written = await write(at, subject, form)
    return await _answer(request, written)


@router.get("/planning")
async def get_planning(request: Request, desk: DeskDep, q: str | None = None, f: str | None = None) -> Response:
    """One box: a parcel's number, an address, a point or corners lead to the dossier; as JSON, every possible match."""
    if wants_html(request, f):
        return await led_to_dossier(request, desk, q) if q and q.strip() else ask_page(request)
    return await listed(request, desk, q or "")


@router.get("/planning/ask.js", include_in_schema=False)
async def get_script(request: Request, view: Caller) -> Response:
    return validated(request, (PAGES / "ask.js").read_bytes(), "text/javascript; charset=utf-8", {})


async def _answer(request: Request, written: Written) -> Response:
    answer = await _formed(request, written)
    if path := parcel_path(written.content["subject"]):
        answer.headers["Content-Location"] = quote(path)  # a number may have letters that no header takes
    return answer


async def _formed(request: Request, written: Written) -> Response:
    if written.form.kind == "html":
        return dossier_page(request, written.content, written.sheets)
    if written.form.kind == "pdf":
        return await _paper(request, written)
    return json_answer(request, written.content)


async def _paper(request: Request, written: Written) -> Response:
    signer, lang = request.app.state.signer, written.form.lang
    signed = await asyncio.to_thread(signer.sign, written.content)
    address = f"{base_url(request)}/verify/{signed}"
    headers = {"Content-Disposition": f'inline; filename="{file_name(written.content["subject"])}"'}
    printed = partial(asyncio.to_thread, print_pdf, Print(written.content, written.sheets, lang, address))
    body = await request.app.state.press.pass_through(printed)
    return validated(request, body, "application/pdf", headers)


async def _checking(
    request: Request, catalog: CatalogDep, view: Caller, signature: str, corners: str | None = None
) -> Checking:
    seal = await asyncio.to_thread(request.app.state.signer.opened, signature)
    return Checking(catalog, view, with_corners(seal, catalog, corners))


CheckingDep = Annotated[Checking, Depends(_checking)]


@router.get("/verify/{signature}")
async def get_verification(request: Request, checking: CheckingDep, f: str | None = None) -> Response:
    """Whether this service signed a printout, and whether the database still gives the same content."""
    is_page = wants_html(request, f)
    answer = await verified(request, checking)
    if is_page:
        asked = request.query_params
        return page(request, PAGES, "verify", {"answer": answer, "given": "corners" in asked, "key": asked.get("key")})
    return json_answer(request, answer)


@router.post("/planning/dossiers")
async def post_dossiers(request: Request, desk: DeskDep, sections: str | None = None, f: str | None = None) -> Response:
    """The dossiers of thousands of parcels as a table, a row for each; `f` is csv, json or arrow."""
    form, busy = read_table_form(f), request.app.state.tables
    keys = read_keys(await body_of(request, MOST_BYTES), request.headers.get("content-type", ""))
    if busy.locked():
        raise crowded()
    async with busy, opened(request, desk) as at:
        rules = read_sections(desk.manifest.seen(desk.view), sections)
        rows, names = await read_table(at, keys, rules), columns(at, rules)
    if form == "json":
        return json_answer(request, {"release": at.edition.number, "columns": names, "rows": rows})
    written, media_type = (as_csv, CSV) if form == "csv" else (as_arrow, ARROW)
    return validated(request, await asyncio.to_thread(written, names, rows), media_type, {})


@router.get("/planning/dossier/schema")
async def get_dossier_schema(request: Request, view: Caller) -> Response:
    """JSON Schema of a dossier."""
    return json_answer(request, read_yaml(Path(__file__).parent / "schema.yaml"), media_type=SCHEMA)
